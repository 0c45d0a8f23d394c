//! From text to steps by recursive descent: `or` binds least, then `and` (which may be left out), then `!`.
//! It must not know values of nodes or edges.

use super::{
    Find, FindError, Operand, Relation, Step, Wanted,
    table::{Line, OPERANDS, Takes},
};

/// Deeper nesting is a mistake, not a reason to fall over.
const DEEPEST: usize = 50;

pub(super) fn parse(text: &str) -> Result<Option<Find>, FindError> {
    let mut reader = Reader { text, at: 0, steps: Vec::new(), depth: 0 };
    reader.skip_blanks();
    if reader.at == text.len() {
        return Ok(None);
    }
    reader.either()?;
    if reader.at < text.len() {
        return Err(wrong(reader.at, "This “)” closes nothing.".into()));
    }
    Ok(Some(Find { steps: reader.steps }))
}

struct Reader<'a> {
    text: &'a str,
    at: usize,
    steps: Vec<Step>,
    depth: usize,
}

type Read = Result<(), FindError>;

impl<'a> Reader<'a> {
    fn rest(&self) -> &'a str {
        &self.text[self.at..]
    }

    fn skip_blanks(&mut self) {
        self.at = self.text.len() - self.rest().trim_start().len();
    }

    fn eat(&mut self, sign: &str) -> bool {
        let eaten = self.rest().starts_with(sign);
        if eaten {
            self.at += sign.len();
            self.skip_blanks();
        }
        eaten
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let next = &self.rest()[..length(self.rest())];
        let eaten = next.eq_ignore_ascii_case(word);
        if eaten {
            self.at += next.len();
            self.skip_blanks();
        }
        eaten
    }

    fn either(&mut self) -> Read {
        self.all()?;
        while self.eat_word("or") || self.eat("||") {
            self.all()?;
            self.steps.push(Step::Or);
        }
        Ok(())
    }

    fn all(&mut self) -> Read {
        self.one()?;
        loop {
            let joined = self.eat_word("and") || self.eat("&&");
            let rest = self.rest();
            let ends = rest.is_empty() || rest.starts_with([')', '|']) || is_or(rest);
            if ends && !joined {
                return Ok(());
            }
            self.one()?;
            self.steps.push(Step::And);
        }
    }

    fn one(&mut self) -> Read {
        let at = self.at;
        if self.depth > DEEPEST {
            return Err(wrong(at, "This is nested too deeply.".into()));
        }
        self.depth += 1;
        let read = if self.eat("!") || self.eat_word("not") {
            self.one().map(|()| self.steps.push(Step::Not))
        } else if self.eat("(") {
            self.either().and_then(|()| {
                if self.eat(")") { Ok(()) } else { Err(wrong(at, "This “(” is never closed.".into())) }
            })
        } else {
            self.test()
        };
        self.depth -= 1;
        read
    }

    fn test(&mut self) -> Read {
        let at = self.at;
        let word = self.word()?;
        let quoted = self.text[at..].starts_with('"');
        let joins = ["and", "or"].iter().any(|join| word.eq_ignore_ascii_case(join));
        if !quoted && (word.is_empty() || joins) {
            return Err(wrong(at, "Say here what to find, such as cart or ns=shop.".into()));
        }
        self.skip_blanks();
        let (relation, negated) = match self.relation() {
            Some(found) if !quoted => found,
            _ => {
                self.bare(word, quoted);
                return Ok(());
            }
        };
        let Some(line) = find(word) else {
            let mut sentence = format!("There is no key “{word}”. The keys are ");
            list(
                &mut sentence,
                OPERANDS.iter().filter(|line| line.takes != Takes::Nothing).map(|line| line.word),
            );
            return Err(wrong(at, sentence));
        };
        let value = self.value(line, relation)?;
        self.steps.push(Step::Test { operand: line.operand, relation, value });
        if negated {
            self.steps.push(Step::Not);
        }
        Ok(())
    }

    /// A flag, or part of any name.
    fn bare(&mut self, word: &str, quoted: bool) {
        let flag = find(word).filter(|line| line.takes == Takes::Nothing && !quoted);
        let operand = flag.map_or(Operand::Word, |line| line.operand);
        let value = Wanted::Text(word.to_ascii_lowercase());
        self.steps.push(Step::Test { operand, relation: Relation::Is, value });
    }

    /// A word ends at a blank, a bracket or a sign; in quotes it ends where they do.
    fn word(&mut self) -> Result<&'a str, FindError> {
        let rest = self.rest();
        if let Some(inner) = rest.strip_prefix('"') {
            let Some(end) = inner.find('"') else {
                return Err(wrong(self.at, "These quotes are never closed.".into()));
            };
            self.at += end + 2;
            return Ok(&inner[..end]);
        }
        let end = length(rest);
        self.at += end;
        Ok(&rest[..end])
    }

    fn relation(&mut self) -> Option<(Relation, bool)> {
        // The longer signs first.
        const SIGNS: [(&str, Relation, bool); 9] = [
            (">=", Relation::AtLeast, false),
            ("<=", Relation::AtMost, false),
            ("!=", Relation::Is, true),
            ("!~", Relation::Fits, true),
            ("=~", Relation::Fits, false),
            (">", Relation::More, false),
            ("<", Relation::Less, false),
            ("=", Relation::Is, false),
            ("~", Relation::Fits, false),
        ];
        let (_, relation, negated) = SIGNS.into_iter().find(|(sign, ..)| self.eat(sign))?;
        Some((relation, negated))
    }

    fn value(&mut self, line: &Line, relation: Relation) -> Result<Wanted, FindError> {
        let at = self.at;
        // A pattern may hold what would end a word elsewhere, but for blanks and brackets.
        let word = if relation == Relation::Fits && !self.rest().starts_with('"') {
            let end = self.rest().find([' ', ')']).unwrap_or(self.rest().len());
            self.at += end;
            &self.text[at..at + end]
        } else {
            self.word()?
        };
        let end = self.at;
        self.skip_blanks();
        if word.is_empty() && end == at {
            let sentence = format!("Say what {} should be, as in {}.", line.word, line.example);
            return Err(wrong(at, sentence));
        }
        let ordered = !matches!(relation, Relation::Is | Relation::Fits);
        let number = match line.takes {
            Takes::Text | Takes::OneOf(_) if ordered => {
                let sentence = format!("{} has no order: write {}.", line.word, line.example);
                return Err(wrong(at, sentence));
            }
            Takes::OneOf(words) if relation == Relation::Is => {
                let lower = word.to_ascii_lowercase();
                if !words.contains(&lower.as_str()) {
                    let mut sentence = format!("“{word}” is no {}. It can be ", line.word);
                    list(&mut sentence, words.iter().copied());
                    return Err(wrong(at, sentence));
                }
                return Ok(Wanted::Text(lower));
            }
            Takes::Text | Takes::OneOf(_) => return Ok(Wanted::Text(word.to_ascii_lowercase())),
            Takes::Nothing => None,
            takes => number(word, takes),
        };
        number.map(Wanted::Number).ok_or_else(|| {
            let sentence = format!("“{word}” is no value of {}: write {}.", line.word, line.example);
            wrong(at, sentence)
        })
    }
}

fn wrong(at: usize, sentence: String) -> FindError {
    FindError { at, sentence }
}

/// How far a word reaches.
pub(super) fn length(text: &str) -> usize {
    text.find(|c: char| c.is_whitespace() || matches!(c, '(' | ')' | '=' | '~' | '<' | '>' | '!' | '|' | '&'))
        .unwrap_or(text.len())
}

fn is_or(rest: &str) -> bool {
    rest[..length(rest)].eq_ignore_ascii_case("or")
}

pub(super) fn find(word: &str) -> Option<&'static Line> {
    OPERANDS.iter().find(|line| line.word.eq_ignore_ascii_case(word) || line.also.eq_ignore_ascii_case(word))
}

/// In the operand's own unit.
fn number(word: &str, takes: Takes) -> Option<f64> {
    let digits = word.trim_end_matches(|c: char| c.is_ascii_alphabetic() || c == '%');
    let unit = &word[digits.len()..];
    let times = match (takes, unit) {
        (_, "") | (Takes::Ms, "ms") | (Takes::Percent, "%") => 1.0,
        (Takes::Ms, "s") | (Takes::Number, "k" | "K" | "kB") => 1_000.0,
        (Takes::Number, "M" | "MB") => 1_000_000.0,
        (Takes::Number, "G" | "GB") => 1_000_000_000.0,
        _ => return None,
    };
    Some(crate::json::number(digits)? * times)
}

fn list(out: &mut String, words: impl Iterator<Item = &'static str>) {
    let mut between = "";
    for word in words {
        out.push_str(between);
        out.push_str(word);
        between = ", ";
    }
    out.push('.');
}
