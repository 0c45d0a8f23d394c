//! The rules, each as samples in and a few lines of graph out. It must not know how a rule is coded.

mod detail;
mod findings;
mod graph_types;
mod labels;
mod laws;
mod numbers;
mod partial;
mod places;
mod reporter;
mod selection;
mod silence;
mod sparse;
mod versions;
