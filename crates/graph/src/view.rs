//! The decisions behind one picture: which namespaces, which graph type, which tolerances. Taken once, here.
//! It must not know how the picture is made.

use crate::health::HealthRules;
use model::{BoxBy, Extras, GraphParams, GraphType};
use std::collections::BTreeMap;

/// How an app's requests are meant to be shared out among its versions, where the installation says so.
#[derive(Debug, Clone, PartialEq)]
pub struct IntendedSplit {
    pub namespace: String,
    /// An app, or a service that it answers for.
    pub service: String,
    /// By version, or by workload where versions have no name. Parts of their sum; a version without one gets nothing.
    pub weights: BTreeMap<String, f64>,
}

/// What an installation decides for all its users.
#[derive(Debug, Clone, PartialEq)]
pub struct ViewConfig {
    pub health: HealthRules,
    /// Hidden unless asked for.
    pub system_namespaces: Vec<String>,
    /// Put a service between a client and the workloads that answer for it (not in the service graph).
    /// Off by default: an app's card already says what answers, and the extra column doubles the picture's width.
    pub inject_services: bool,
    /// Hosts outside the mesh that are drawn one by one in each cluster; the rest are one node.
    pub max_hosts: usize,
    /// A version is marked worse when the evidence, E : 1, reaches this.
    pub worse_at_evidence: f64,
    /// They win over what the telemetry says of intended shares.
    pub intended_splits: Vec<IntendedSplit>,
}

impl Default for ViewConfig {
    fn default() -> Self {
        let system = [
            "istio-system",
            "kube-system",
            "kube-public",
            "kube-node-lease",
            "istio-operator",
            "istio-config",
            "istio-cni",
        ];
        Self {
            health: HealthRules::default(),
            max_hosts: 60,
            system_namespaces: system.map(str::to_owned).into(),
            inject_services: false,
            worse_at_evidence: 20.0,
            intended_splits: Vec::new(),
        }
    }
}

#[derive(Debug, Clone, PartialEq)]
pub struct View {
    /// None: all with traffic, less the system ones unless `system`.
    pub namespaces: Option<Vec<String>>,
    pub system: bool,
    pub graph_type: GraphType,
    pub boxes: Vec<BoxBy>,
    pub percentiles: bool,
    pub focus: Option<String>,
    pub hops: u8,
    /// With a focus: only what lies on a way from there to here.
    pub to: Option<String>,
    /// None: all.
    pub clusters: Option<Vec<String>>,
    pub services: bool,
    /// The label whose values are drawn as nodes.
    pub operations: Option<String>,
    pub extras: Extras,
    pub config: ViewConfig,
}

impl View {
    pub fn resolve(params: &GraphParams, config: &ViewConfig) -> Self {
        Self {
            namespaces: params.namespaces.clone(),
            system: params.system,
            graph_type: params.graph_type,
            boxes: params.boxes.clone(),
            percentiles: params.percentiles,
            focus: params.focus.clone(),
            hops: params.hops,
            to: params.to.clone(),
            clusters: params.clusters.clone(),
            services: params.services,
            operations: params.operations.clone(),
            extras: params.extras,
            config: config.clone(),
        }
    }

    /// As the viewer or the installation wishes.
    pub(crate) fn injects_services(&self) -> bool {
        self.services || self.config.inject_services
    }

    pub(crate) fn is_system(&self, namespace: &str) -> bool {
        self.config.system_namespaces.iter().any(|system| system == namespace)
    }
}
