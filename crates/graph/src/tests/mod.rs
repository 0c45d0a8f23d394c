//! The rules, each as samples in and a few lines of graph out. It must not know how a rule is coded.

mod custom;
mod detail;
mod difference;
mod findings;
mod graph_types;
mod labels;
mod laws;
mod numbers;
mod operations;
mod partial;
mod pitfalls;
mod places;
mod recorded;
mod reductions;
mod reporter;
mod selection;
mod silence;
mod sparse;
mod topology;
mod traffic;
mod union;
mod versions;
