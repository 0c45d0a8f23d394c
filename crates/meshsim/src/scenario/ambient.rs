//! Namespaces without sidecars, checked: their waypoints, and what their tunnels can tell. Knows no series.

use super::check::{Log, Names};
use super::spec::{AppSpec, CallSpec, Kind, NamespaceSpec, Protocol, Spec};

/// The app that the requests to a namespace go through.
pub(super) fn waypoint(ns: &NamespaceSpec, (spec, names): (&Spec, &Names), log: &mut Log) -> Option<usize> {
    let name = ns.waypoint.as_ref()?;
    let place = format!("namespace {}", ns.name);
    let found = names.find(&format!("{}/{name}", ns.name)).map_err(|what| log.add(&place, what)).ok()?;
    log.unless(spec.apps[found].kind == Kind::Waypoint, &place, || format!("{name} is no waypoint"));
    Some(found)
}

/// What a call must not ask of those who report it.
pub(super) fn check_call(call: &CallSpec, callee: &AppSpec, spec: &Spec, (place, log): (&str, &mut Log)) {
    let ns = spec.namespaces.iter().find(|ns| Some(&ns.name) == callee.namespace.as_ref());
    let bare = ns.is_some_and(|ns| ns.ambient && ns.waypoint.is_none());
    log.unless(!bare || call.protocol == Protocol::Tcp, place, || {
        "a tunnel cannot tell requests from bytes: without a `waypoint` the call must be `protocol = \"tcp\"`"
            .to_owned()
    });
    let both = call.request_messages.is_some() == call.response_messages.is_some();
    let sound = [call.request_messages, call.response_messages].into_iter().flatten().all(|mean| mean > 0.0);
    let counted = call.request_messages.is_some();
    log.unless(both && sound && (!counted || call.protocol == Protocol::Grpc), place, || {
        "`request_messages` and `response_messages` belong to a gRPC call, both and above 0".to_owned()
    });
}
