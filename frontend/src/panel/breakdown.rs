//! Requests by everything that tells them apart: code, flags in words, host, version.

use super::sides::protocol_word;
use crate::state::shared::{Look, Views, memo, part};
use crate::widget::Section;
use leptos::prelude::*;
use model::detail::{BreakdownRow, NamedQuery};
use view::format;

/// As many as one reads; the rest is counted.
const SHOWN: usize = 12;

#[component]
pub(crate) fn Breakdown(rows: Memo<Vec<BreakdownRow>>, queries: Memo<Vec<NamedQuery>>) -> impl IntoView {
    let any = memo(move || rows.look(|rows| !rows.is_empty()));
    move || {
        any.get().then(|| view! {
            <Section title="Requests by code" remark="in the window, most first" queries=queries>
                <div class="wide">
                    <table>
                        <thead><tr><th>"Code"</th><th class="text">"What happened"</th><th>"Rate"</th><th>"Count"</th></tr></thead>
                        <tbody>{part(move || rows.look(|rows| rows.iter().take(SHOWN).map(row).views()))}</tbody>
                    </table>
                </div>
                {part(move || rows.look(|rows| rest(rows)))}
            </Section>
        })
    }
}

fn row(row: &BreakdownRow) -> impl IntoView + use<> {
    let code = match &row.grpc_status {
        Some(status) => format!("{} / {status}", row.code),
        None if row.code == "-" => "none".into(),
        None => row.code.clone(),
    };
    let class = if row.error { "failing" } else { "" };
    view! {
        <tr>
            <td class=class title=protocol_word(row.protocol)>{code}</td>
            <td class="text" title=row.host.clone()>{what_happened(row)}</td>
            <td>{format::rate(row.rate_rps)}</td>
            <td>{format::count(row.count)}</td>
        </tr>
    }
}

/// "answered by v2", "UF: could not connect (pay.acme.example)".
fn what_happened(row: &BreakdownRow) -> String {
    let mut words = Vec::new();
    if row.flags != "-" && !row.flags.is_empty() {
        words.push(match &row.flags_meaning {
            Some(meaning) => format!("{}: {meaning}", row.flags),
            None => row.flags.clone(),
        });
    } else if row.unreached {
        words.push("never reached a server".into());
    }
    if let Some(version) = &row.version {
        words.push(format!("version {version}"));
    }
    if words.is_empty() && !row.host.is_empty() {
        words.push(row.host.clone());
    }
    words.join(", ")
}

fn rest(rows: &[BreakdownRow]) -> Option<impl IntoView + use<>> {
    let more = rows.len().checked_sub(SHOWN).filter(|more| *more > 0)?;
    let count: f64 = rows[SHOWN..].iter().map(|row| row.count).sum();
    Some(
        view! { <p class="note">{format!("and {more} more kinds with {} requests together", format::count(count))}</p> },
    )
}
