//! Istio's words for what is not known, who counted and what is encrypted, looked up once an answer.
//! It must not know rows.

use crate::{
    flow::{Reporter, Security},
    sample::{Symbol, Symbols},
};

/// Label values with a meaning of their own, looked up once.
pub(super) struct Meanings {
    unknown: Option<Symbol>,
    latest: Option<Symbol>,
    pub(super) grpc: Option<Symbol>,
    mutual_tls: Option<Symbol>,
    none: Option<Symbol>,
    reporters: [(Option<Symbol>, Reporter); 3],
}

impl Meanings {
    pub(super) fn new(symbols: &Symbols) -> Self {
        Self {
            unknown: symbols.find("unknown"),
            latest: symbols.find("latest"),
            grpc: symbols.find("grpc"),
            mutual_tls: symbols.find("mutual_tls"),
            none: symbols.find("none"),
            reporters: [Reporter::Waypoint, Reporter::Destination, Reporter::Source]
                .map(|reporter| (symbols.find(reporter.word()), reporter)),
        }
    }

    pub(super) fn is_unknown(&self, symbol: Symbol) -> bool {
        Some(symbol) == self.unknown
    }

    /// Empty for what is absent, empty or literally `unknown`.
    pub(super) fn known(&self, symbol: Symbol) -> Symbol {
        if self.is_unknown(symbol) { Symbol::EMPTY } else { symbol }
    }

    pub(super) fn version(&self, symbol: Symbol) -> Symbol {
        if Some(symbol) == self.latest { Symbol::EMPTY } else { self.known(symbol) }
    }

    pub(super) fn reporter(&self, symbol: Symbol) -> Reporter {
        self.reporters
            .iter()
            .find(|(word, _)| *word == Some(symbol))
            .map_or(Reporter::Unstated, |(_, reporter)| *reporter)
    }

    pub(super) fn security(&self, symbol: Symbol) -> Security {
        if Some(symbol) == self.mutual_tls {
            Security::MutualTls
        } else if Some(symbol) == self.none {
            Security::Plain
        } else {
            Security::Unknown
        }
    }
}
