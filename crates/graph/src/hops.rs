//! Ambient meshes report one call several times: a waypoint the requests, the tunnels below the same bytes for each hop.
//! What only repeats a call is left out here. It must not know views.

use crate::{
    flow::Reporter,
    place::{PlaceId, Places},
    reporter::Chosen,
};
use model::Protocol;
use rustc_hash::FxHashSet;

/// Leaves out what tunnels report of calls that a waypoint reports whole; gives how many links that were.
///
/// From a caller to its waypoint, from the waypoint to the server, and between the two by-passing it: all three are the
/// bytes of the requests. Where a waypoint reports no request of that caller or that server, its hops are all there is.
pub(crate) fn leave_out(chosen: &mut Vec<Chosen>, places: &Places) -> usize {
    let mut whole: FxHashSet<(PlaceId, PlaceId)> = FxHashSet::default();
    let (mut callers, mut servers) = (FxHashSet::default(), FxHashSet::default());
    for link in chosen.iter().filter(|link| link.heard.reporter == Reporter::Waypoint) {
        if link.protocol != Protocol::Tcp {
            whole.insert((link.source, link.destination));
            callers.insert(link.source);
            servers.insert(link.destination);
        }
    }
    if whole.is_empty() {
        return 0;
    }
    let before = chosen.len();
    let waypoint = |id: PlaceId| places.get(id).is_waypoint;
    chosen.retain(|link| {
        let repeats = whole.contains(&(link.source, link.destination))
            || (waypoint(link.destination) && callers.contains(&link.source))
            || (waypoint(link.source) && servers.contains(&link.destination));
        link.protocol != Protocol::Tcp || !repeats
    });
    before - chosen.len()
}
