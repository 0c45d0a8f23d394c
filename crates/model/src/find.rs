//! The find language: what was typed becomes tests over nodes and edges, `rps > 10 and (ns=shop or app~^cart)`. One table of
//! operands makes the reading, the completion list and the help. It must not know a screen.

mod parse;
mod pattern;
mod suggest;
mod table;

pub use suggest::{Suggestion, suggestions};
pub use table::{OPERANDS, Operand, Takes};

use crate::{Edge, Node};

/// What was typed, understood: tests and what joins them, in the order in which they are worked out.
#[derive(Clone, Debug, PartialEq)]
pub struct Find {
    steps: Vec<Step>,
}

/// What is wrong, and from which byte of the text on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FindError {
    pub at: usize,
    pub sentence: String,
}

#[derive(Clone, Debug, PartialEq)]
enum Step {
    Test { operand: Operand, relation: Relation, value: Wanted },
    Not,
    And,
    Or,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Relation {
    Is,
    Fits,
    Less,
    AtMost,
    More,
    AtLeast,
}

#[derive(Clone, Debug, PartialEq)]
enum Wanted {
    /// In lower case.
    Text(String),
    /// In the operand's own unit.
    Number(f64),
}

/// What is asked about: a card, or a line with the cards at its ends.
#[derive(Clone, Copy, Debug)]
enum About<'a> {
    Node(&'a Node),
    Edge(&'a Edge, Option<(&'a Node, &'a Node)>),
}

impl Find {
    /// None for blank text.
    pub fn parse(text: &str) -> Result<Option<Self>, FindError> {
        parse::parse(text)
    }

    pub fn fits_node(&self, node: &Node) -> bool {
        self.holds(About::Node(node))
    }

    /// Words about lines find lines; words about cards alone find cards and leave the lines alone. Beside words about
    /// lines, those about cards are about either end.
    pub fn fits_edge(&self, edge: &Edge, ends: Option<(&Node, &Node)>) -> bool {
        let about_edges = self
            .steps
            .iter()
            .any(|step| matches!(step, Step::Test { operand, .. } if operand.is_about_edges()));
        about_edges && self.holds(About::Edge(edge, ends))
    }

    /// What is not known fits nothing, and neither does its opposite.
    fn holds(&self, about: About<'_>) -> bool {
        let mut stack: Vec<Option<bool>> = Vec::new();
        for step in &self.steps {
            let last = if let Step::Test { operand, relation, value } = step {
                test(about, *operand, *relation, value)
            } else {
                let right = stack.pop().flatten();
                match step {
                    Step::Not => right.map(|holds| !holds),
                    Step::And => and(stack.pop().flatten(), right),
                    _ => or(stack.pop().flatten(), right),
                }
            };
            stack.push(last);
        }
        stack.pop() == Some(Some(true))
    }
}

fn and(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(false) || b == Some(false) { Some(false) } else { a.and(b) }
}

fn or(a: Option<bool>, b: Option<bool>) -> Option<bool> {
    if a == Some(true) || b == Some(true) { Some(true) } else { a.and(b) }
}

fn test(about: About<'_>, operand: Operand, relation: Relation, value: &Wanted) -> Option<bool> {
    match (about, operand.is_about_edges()) {
        (About::Edge(_, None), false) => None,
        (About::Edge(_, Some((a, b))), false) => {
            let end = |node| test(About::Node(node), operand, relation, value);
            or(end(a), end(b))
        }
        _ => match value {
            Wanted::Text(wanted) => operand.fits_text(about, relation == Relation::Fits, wanted),
            Wanted::Number(wanted) => {
                let number = operand.number(about)?;
                Some(match relation {
                    // What is written is a rounded number.
                    Relation::Is | Relation::Fits => (number - wanted).abs() <= wanted.abs() * 0.005,
                    Relation::Less => number < *wanted,
                    Relation::AtMost => number <= *wanted,
                    Relation::More => number > *wanted,
                    Relation::AtLeast => number >= *wanted,
                })
            }
        },
    }
}

#[cfg(test)]
mod tests;
