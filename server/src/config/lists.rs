//! Reads lists of tables in the settings file, such as `[[split]]`: each table by its number, all its mistakes at once.
//! Must not know what a list is for.

use toml::{Table, Value};

/// One table of a list, and what is wrong with it so far.
pub(super) struct Reader<'a> {
    pub(super) table: &'a Table,
    pub(super) wrong: Vec<String>,
}

/// All tables of `[[name]]` that `one` can read. Other keys than these are mistakes.
pub(super) fn read<T>(
    (name, keys): (&str, &[&str]),
    value: &Value,
    mistakes: &mut Vec<String>,
    one: impl Fn(&mut Reader<'_>) -> Option<T>,
) -> Vec<T> {
    let Some(list) = value.as_array() else {
        mistakes.push(format!("`{name}` must be a list: write [[{name}]], with two brackets."));
        return Vec::new();
    };
    let empty = Table::new();
    let mut read = Vec::new();
    for (index, value) in list.iter().enumerate() {
        let table = value.as_table().unwrap_or(&empty);
        let mut reader = Reader { table, wrong: Vec::new() };
        for key in table.keys().filter(|key| !keys.contains(&key.as_str())) {
            reader.wrong.push(format!("has `{key}`, which means nothing; it takes {}", keys.join(", ")));
        }
        let one = one(&mut reader);
        mistakes.extend(reader.wrong.iter().map(|why| format!("`[[{name}]]` number {} {why}.", index + 1)));
        read.extend(one.filter(|_| reader.wrong.is_empty()));
    }
    read
}

impl Reader<'_> {
    pub(super) fn text(&mut self, key: &str) -> Option<String> {
        let value = self.table.get(key)?;
        let text = value.as_str().filter(|text| !text.is_empty()).map(str::to_owned);
        if text.is_none() {
            self.wrong.push(format!("has a `{key}` that is no text in quotes"));
        }
        text
    }

    /// A text that cannot be done without.
    pub(super) fn needed(&mut self, key: &str) -> Option<String> {
        let text = self.table.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        if text.is_none() {
            self.wrong.push(format!("needs `{key}` in quotes"));
        }
        text.map(str::to_owned)
    }

    /// One of few words.
    pub(super) fn word<T: Copy>(&mut self, key: &str, words: &[(&str, T)]) -> Option<T> {
        let text = self.text(key)?;
        let found = words.iter().find(|(word, _)| *word == text).map(|(_, meaning)| *meaning);
        if found.is_none() {
            let all: Vec<&str> = words.iter().map(|(word, _)| *word).collect();
            self.wrong.push(format!("has `{key} = \"{text}\"`; it can be {}", all.join(", ")));
        }
        found
    }
}
