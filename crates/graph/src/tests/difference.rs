//! A stream of differences rebuilds the whole, exactly.

use super::laws::{any_samples, everything};
use crate::{difference, testing::snap, view};
use model::{Difference, Graph, GraphType};
use proptest::prelude::*;

/// Graphs of one mesh at several times, at random in orders that no view would give.
fn any_graphs() -> impl Strategy<Value = Vec<Graph>> {
    let graph =
        (any_samples(), 0..GraphType::ALL.len(), any::<bool>()).prop_map(|(samples, graph_type, inject)| {
            view(&snap(&samples.concat()), &everything(GraphType::ALL[graph_type], inject))
        });
    let shuffled = graph.prop_flat_map(|graph| {
        let lists = (Just(graph.nodes.clone()).prop_shuffle(), Just(graph.boxes.clone()).prop_shuffle());
        (Just(graph), lists, any::<bool>())
    });
    let any = shuffled.prop_map(
        |(graph, (nodes, boxes), stirred)| {
            if stirred { Graph { nodes, boxes, ..graph } } else { graph }
        },
    );
    proptest::collection::vec(any, 2..5)
}

/// As it arrives in the page, which reads figures that are next to nothing to fifteen digits.
fn read(graph: &Graph) -> Graph {
    model::json::read(&serde_json::to_string(graph).expect("it serialises")).expect("it can be read")
}

fn applied(way: &Difference, held: &Graph) -> Option<Graph> {
    let text = serde_json::to_string(way).expect("it serialises");
    model::difference::apply(&text, held).expect("it can be read")
}

proptest! {
    #[test]
    fn a_stream_of_differences_rebuilds_the_whole(graphs in any_graphs()) {
        let mut held = read(&graphs[0]);
        for (seq, pair) in graphs.windows(2).enumerate() {
            let way = difference(&pair[0], &pair[1], seq as u64);
            prop_assert_eq!(way.seq, seq as u64);
            held = applied(&way, &held).expect("it is the difference to this graph");
            prop_assert_eq!(&held, &read(&pair[1]));
        }
    }

    #[test]
    fn what_stayed_is_not_told(graphs in any_graphs()) {
        let none = difference(&graphs[0], &graphs[0], 0);
        prop_assert_eq!(none, model::Difference::default());
    }

    #[test]
    fn a_difference_to_another_graph_is_refused(graphs in any_graphs()) {
        let way = difference(&graphs[0], &graphs[1], 1);
        let empty = Graph { nodes: Vec::new(), edges: Vec::new(), boxes: Vec::new(), ..graphs[0].clone() };
        let needs_more = !way.remove.is_empty() || !way.update.is_empty();
        prop_assert_eq!(applied(&way, &empty).is_some(), !needs_more);
    }
}
