//! Figures that cost queries of their own, and are fetched only while somebody looks at them; and their words in URLs.
//! It must not know queries.

/// A set of them.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Extras(u8);

impl Extras {
    pub const NONE: Self = Self(0);
    /// Request and response bytes a second.
    pub const BYTES: Self = Self(1);
    /// Messages of gRPC streams.
    pub const MESSAGES: Self = Self(2);
    /// How large requests and responses are.
    pub const SIZES: Self = Self(4);
    /// Connections open now.
    pub const OPEN: Self = Self(8);
    /// Percentiles of successful requests alone.
    pub const SUCCESSFUL: Self = Self(16);
    /// What is known from the counters, though nothing moved lately.
    pub const IDLE: Self = Self(32);

    const WORDS: [(Self, &'static str); 6] = [
        (Self::BYTES, "bytes"),
        (Self::MESSAGES, "messages"),
        (Self::SIZES, "sizes"),
        (Self::OPEN, "open"),
        (Self::SUCCESSFUL, "successful"),
        (Self::IDLE, "idle"),
    ];

    pub fn has(self, one: Self) -> bool {
        self.0 & one.0 != 0
    }

    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// With what it did not have, without what it had.
    #[must_use]
    pub fn toggled(self, other: Self) -> Self {
        Self(self.0 ^ other.0)
    }

    /// `bytes,messages`
    pub fn words(self) -> String {
        let mut out = String::new();
        for (one, word) in Self::WORDS {
            if self.has(one) {
                if !out.is_empty() {
                    out.push(',');
                }
                out.push_str(word);
            }
        }
        out
    }

    pub(crate) fn parse(words: &str) -> Result<Self, String> {
        let mut set = Self::NONE;
        for word in words.split(',').filter(|word| !word.is_empty() && *word != "none") {
            match Self::WORDS.iter().find(|(_, known)| *known == word) {
                Some((one, _)) => set = set.and(*one),
                None => {
                    return Err("must be a list of bytes, messages, sizes, open, successful and idle".into());
                }
            }
        }
        Ok(set)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_make_the_set_and_the_set_its_words() {
        let set = Extras::OPEN.and(Extras::BYTES);
        assert_eq!(set.words(), "bytes,open");
        assert_eq!(Extras::parse("open,bytes"), Ok(set));
        assert_eq!(Extras::parse(""), Ok(Extras::NONE));
        assert!(Extras::parse("weight").is_err());
        assert!(set.has(Extras::OPEN) && !set.has(Extras::SIZES));
        assert_eq!(set.toggled(Extras::OPEN), Extras::BYTES);
        assert_eq!(set.toggled(Extras::OPEN).toggled(Extras::OPEN), set);
    }
}
