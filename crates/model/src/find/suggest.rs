//! What could be typed next: operands, then values, from the table that the reader knows.
//! It must not know a screen.

use super::{
    About,
    parse::{find, length},
    table::{OPERANDS, Takes},
};
use crate::Graph;

/// A word to be put from byte `from` to the cursor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Suggestion {
    pub from: usize,
    pub text: String,
    /// How it is used; empty for a value.
    pub example: &'static str,
}

const MOST: usize = 12;

/// For the text up to the cursor.
pub fn suggestions(before: &str, graph: &Graph) -> Vec<Suggestion> {
    let from = before.rfind([' ', '(', ')', '=', '~', '<', '>', '!']).map_or(0, |at| at + 1);
    let begun = before[from..].to_ascii_lowercase();
    let left = before[..from].trim_end();
    let signs = left.trim_end_matches(['=', '!', '~', '<', '>']);
    let mut found = Vec::new();
    if signs.len() < left.len() && !before[..from].ends_with(' ') {
        let word = &signs[signs.rfind([' ', '(', '!']).map_or(0, |at| at + 1)..];
        if word.len() == length(word) {
            values(word, &begun, from, graph, &mut found);
        }
        return found;
    }
    for line in &OPERANDS {
        if found.len() < MOST && line.word.starts_with(&begun) {
            found.push(Suggestion { from, text: line.word.into(), example: line.example });
        }
    }
    found
}

fn values(word: &str, begun: &str, from: usize, graph: &Graph, found: &mut Vec<Suggestion>) {
    let Some(line) = find(word) else { return };
    let mut add = |text: &str| {
        let new = found.len() < MOST && found.iter().all(|other| other.text != text);
        if new && text.to_ascii_lowercase().starts_with(begun) {
            let quotes = if text.len() == length(text) { "" } else { "\"" };
            found.push(Suggestion { from, text: format!("{quotes}{text}{quotes}"), example: "" });
        }
    };
    match line.takes {
        Takes::OneOf(words) => words.iter().for_each(|word| add(word)),
        Takes::Text => {
            for node in &graph.nodes {
                line.operand.texts(About::Node(node)).unwrap_or_default().into_iter().for_each(&mut add);
            }
        }
        _ => {}
    }
}
