//! Envoy's response flags in words. It must not know anything else.

/// "no healthy upstream; retry or connect limit reached"; none where no flag is set.
pub(super) fn meaning(flags: &str) -> Option<String> {
    if matches!(flags, "" | "-") {
        return None;
    }
    let words: Vec<String> = flags.split(',').map(|flag| one(flag.trim())).collect();
    Some(words.join("; "))
}

fn one(flag: &str) -> String {
    let words = match flag {
        "UH" => "no healthy upstream",
        "UF" => "connection to the upstream failed",
        "UO" => "overflow: the circuit breaker is open",
        "NR" => "no route",
        "URX" => "retry or connect limit reached",
        "UC" => "the upstream closed the connection",
        "UT" => "the upstream timed out",
        "DC" => "the client went away",
        "LH" => "local health check failed",
        "LR" => "reset locally",
        "UR" => "reset by the upstream",
        "DI" => "delayed by a fault rule",
        "FI" => "aborted by a fault rule",
        "RL" => "rate limited",
        "RLSE" => "the rate limiter failed",
        "UAEX" => "denied by external authorization",
        "IH" => "invalid header",
        "SI" => "stream idle for too long",
        "DPE" => "the client broke the protocol",
        "UPE" => "the upstream broke the protocol",
        "UMSDR" => "the stream lasted too long",
        "OM" => "the overload manager stopped it",
        "DF" => "the name could not be resolved",
        "NC" => "no cluster",
        "DENY" => "denied by policy",
        "CONNECT" => "the tunnel could not be set up",
        other => return other.to_owned(),
    };
    words.to_owned()
}

#[cfg(test)]
mod tests {
    use super::meaning;

    #[test]
    fn lists_are_read_flag_by_flag() {
        assert_eq!(
            meaning("UF,URX").as_deref(),
            Some("connection to the upstream failed; retry or connect limit reached")
        );
        assert_eq!(meaning("-"), None);
        assert_eq!(meaning("XYZ").as_deref(), Some("XYZ"));
    }
}
