//! `key=value&…` with percent signs, read and written the way `URLSearchParams` does.
//! It must not know which keys exist.

/// Pairs in order; `+` is a space; broken escapes stay as they are.
pub(crate) fn parse(query: &str) -> Vec<(String, String)> {
    query
        .trim_start_matches('?')
        .split('&')
        .filter(|pair| !pair.is_empty())
        .map(|pair| {
            let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
            (decode(key), decode(value))
        })
        .collect()
}

pub(crate) fn write(pairs: &[(&str, String)]) -> String {
    let parts: Vec<String> =
        pairs.iter().map(|(key, value)| format!("{}={}", encode(key), encode(value))).collect();
    parts.join("&")
}

fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut i = 0;
    while i < bytes.len() {
        let escaped = (bytes[i] == b'%')
            .then(|| bytes.get(i + 1..i + 3))
            .flatten()
            .and_then(|hex| Some(16 * nibble(hex[0])? + nibble(hex[1])?));
        match (bytes[i], escaped) {
            (_, Some(byte)) => {
                out.push(byte);
                i += 2;
            }
            (b'+', None) => out.push(b' '),
            (byte, None) => out.push(byte),
        }
        i += 1;
    }
    String::from_utf8_lossy(&out).into_owned()
}

fn nibble(hex: u8) -> Option<u8> {
    char::from(hex).to_digit(16).and_then(|digit| u8::try_from(digit).ok())
}

/// Keeps what reads well in an address bar and is safe there: `/`, `:`, `,` and the unreserved.
fn encode(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for byte in text.bytes() {
        match byte {
            b'A'..=b'Z' | b'a'..=b'z' | b'0'..=b'9' | b'-' | b'_' | b'.' | b'~' | b'/' | b':' | b',' => {
                out.push(char::from(byte));
            }
            b' ' => out.push('+'),
            _ => {
                let hex = |nibble: u8| char::from(b"0123456789ABCDEF"[usize::from(nibble)]);
                out.extend(['%', hex(byte >> 4), hex(byte & 15)]);
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn broken_escapes_stay() {
        assert_eq!(
            parse("?a=%zz&b=%4&c=100%&d"),
            [
                ("a".into(), "%zz".into()),
                ("b".into(), "%4".into()),
                ("c".into(), "100%".into()),
                ("d".into(), String::new())
            ]
        );
    }

    proptest::proptest! {
        #[test]
        fn any_text_survives(key in "\\PC{1,8}", value in "\\PC{0,40}") {
            let query = write(&[(&key, value.clone())]);
            proptest::prop_assert_eq!(parse(&query), vec![(key, value)]);
        }
    }
}
