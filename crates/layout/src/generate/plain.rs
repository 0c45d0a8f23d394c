//! Shapes as plain as can be, each of which an engine may spoil in its own way.

use super::sketch;
use crate::input::Input;

fn drawn(cards: &[String], lines: &[String]) -> Input {
    let cards: Vec<&str> = cards.iter().map(String::as_str).collect();
    let lines: Vec<&str> = lines.iter().map(String::as_str).collect();
    sketch(&cards, &lines)
}

/// A gateway that calls everybody else.
#[must_use]
pub fn star(leaves: usize) -> Input {
    let mut cards = vec!["gateway".to_owned()];
    cards.extend((0..leaves).map(|leaf| format!("leaf-{leaf:02}")));
    let lines: Vec<String> =
        (0..leaves).map(|leaf| format!("gateway -> leaf-{leaf:02} {}", 10 + leaf)).collect();
    drawn(&cards, &lines)
}

/// Each calls the next.
#[must_use]
pub fn chain(length: usize) -> Input {
    let cards: Vec<String> = (0..length).map(|link| format!("link-{link:02}")).collect();
    let lines: Vec<String> =
        (1..length).map(|link| format!("link-{:02} -> link-{link:02} 10", link - 1)).collect();
    drawn(&cards, &lines)
}

/// A chain whose last calls the first.
#[must_use]
pub fn ring(length: usize) -> Input {
    let cards: Vec<String> = (0..length).map(|link| format!("link-{link:02}")).collect();
    let rate = |link: usize| if link + 1 == length { 2 } else { 20 };
    let lines: Vec<String> = (0..length)
        .map(|link| format!("link-{link:02} -> link-{:02} {}", (link + 1) % length, rate(link)))
        .collect();
    drawn(&cards, &lines)
}

/// Two pictures that know nothing of each other.
#[must_use]
pub fn halves() -> Input {
    let (mut cards, mut lines) = (Vec::new(), Vec::new());
    for half in ["east", "west"] {
        cards.extend(["gate", "web", "cart", "stock", "db"].map(|name| format!("{half}/{name}-{half}")));
        let calls = [("gate", "web"), ("web", "cart"), ("web", "stock"), ("cart", "db"), ("stock", "db")];
        lines.extend(calls.map(|(from, to)| format!("{half}/{from}-{half} -> {half}/{to}-{half} 12")));
    }
    drawn(&cards, &lines)
}

/// One that everybody calls.
#[must_use]
pub fn hub(callers: usize) -> Input {
    let mut cards = vec!["hub".to_owned()];
    cards.extend((0..callers).map(|caller| format!("caller-{caller:03}")));
    let lines: Vec<String> = (0..callers).map(|caller| format!("caller-{caller:03} -> hub 3")).collect();
    drawn(&cards, &lines)
}
