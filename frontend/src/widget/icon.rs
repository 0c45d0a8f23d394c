//! Line icons of 14 px and the marks of health. All are hidden from screen readers: the words beside them speak.

use leptos::prelude::*;
use model::{FindingKind, Status};

pub(crate) const ADD: &str = "M7 3v8M3 7h8";
pub(crate) const LESS: &str = "M3 7h8";
pub(crate) const FIT: &str = "M2.5 2.5h9v9h-9zM5 5h4v4H5z";
pub(crate) const CLOSE: &str = "M3.5 3.5l7 7M10.5 3.5l-7 7";
pub(crate) const PAUSE: &str = "M4.7 3v8M9.3 3v8";
pub(crate) const PLAY: &str = "M4.5 2.8l6.5 4.2-6.5 4.2z";
pub(crate) const DOWN: &str = "M2 5l5 4.5L12 5";
pub(crate) const LINK: &str =
    "M6 8l2-2M6.5 4.2l1.2-1.2a2.3 2.3 0 013.3 3.3L9.8 7.5M7.5 9.8L6.3 11A2.3 2.3 0 013 7.7l1.2-1.2";
pub(crate) const SEARCH: &str = "M6 2.2a3.8 3.8 0 100 7.6 3.8 3.8 0 000-7.6zM9 9l3 3";
pub(crate) const CODE: &str = "M4.5 3.5L1.5 7l3 3.5M9.5 3.5l3 3.5-3 3.5";
pub(crate) const SUN: &str = "M7 4.4a2.6 2.6 0 100 5.2 2.6 2.6 0 000-5.2zM7 1.2v1M7 11.8v1M1.2 7h1M11.8 7h1\
                              M2.9 2.9l.7.7M10.4 10.4l.7.7M2.9 11.1l.7-.7M10.4 3.6l.7-.7";
pub(crate) const MOON: &str = "M11.5 8.6A5 5 0 115.4 2.5a4 4 0 006.1 6.1z";
pub(crate) const HALF: &str = "M7 1.8a5.2 5.2 0 100 10.4A5.2 5.2 0 007 1.8zM7 1.8v10.4M8.5 3v8M10 3.8v6.4";
pub(crate) const HIDE: &str = "M1.5 7S3.5 3.5 7 3.5 12.5 7 12.5 7 10.5 10.5 7 10.5 1.5 7 1.5 7zM2.5 11.5l9-9";
pub(crate) const ONLY: &str = "M2 3h10L8.3 7.4v4.2L5.7 10V7.4z";
pub(crate) const FOCUS: &str = "M7 1.5v2M7 10.5v2M1.5 7h2M10.5 7h2M7 4a3 3 0 100 6 3 3 0 000-6z";
pub(crate) const LEGEND: &str = "M2 3.5h2M6 3.5h6M2 7h2M6 7h6M2 10.5h2M6 10.5h6";

pub(crate) const TOOLS: &str = "M2 4h6M11 4h1M2 10h1M6 10h6M9.5 2.6v2.8M4.5 8.6v2.8";
pub(crate) const ROWS: &str = "M2 3h10v8H2zM2 5.7h10M2 8.3h10M5.5 3v8";

pub(crate) fn icon(path: &'static str) -> impl IntoView {
    view! { <svg class="icon" viewBox="0 0 14 14" aria-hidden="true"><path d=path/></svg> }
}

/// The wind rose.
pub(crate) fn logo() -> impl IntoView {
    view! {
        <svg viewBox="0 0 22 22" aria-hidden="true">
            <circle class="ring" cx="11" cy="11" r="9.2"/>
            <path class="ring" d="M4.5 4.5l13 13M17.5 4.5l-13 13"/>
            <path class="star" d="M11 21l-2.2-7.8L1 11l7.8-2.2L11 1l2.2 7.8L21 11l-7.8 2.2z"/>
            <path class="north" d="M11 1l2.2 7.8L11 11 8.8 8.8z"/>
        </svg>
    }
}

/// Triangle, octagon, dash, question mark; healthy is quiet and has none.
pub(crate) fn status_glyph(status: Status) -> AnyView {
    match status {
        Status::Failing => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <path fill="var(--failing)" d="M3.6.4h4.8L11.6 3.6v4.8L8.4 11.6H3.6L.4 8.4V3.6z"/>
                <path stroke="var(--surface)" stroke-width="1.5" stroke-linecap="round" d="M4.1 4.1l3.8 3.8M7.9 4.1L4.1 7.9"/>
            </svg>
        }
        .into_any(),
        Status::Degraded => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <path fill="var(--degraded)" stroke="var(--degraded)" stroke-width=".8" stroke-linejoin="round" d="M6 .8L11.6 11H.4z"/>
                <path stroke="var(--surface)" stroke-width="1.4" stroke-linecap="round" d="M6 4.4v3.2M6 9.2v.3"/>
            </svg>
        }
        .into_any(),
        Status::Idle => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <path stroke="var(--idle)" stroke-width="2" stroke-linecap="round" d="M2 6h8"/>
            </svg>
        }
        .into_any(),
        Status::Unknown | Status::TooFewRequests => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <text x="6" y="10" text-anchor="middle" font-size="11.5" font-weight="700" fill="var(--unknown)">"?"</text>
            </svg>
        }
        .into_any(),
        Status::Healthy => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <path fill="none" stroke="var(--healthy)" stroke-width="1.5" stroke-linecap="round" stroke-linejoin="round" d="M2.5 6.5l2.5 2.5 4.5-5.5"/>
            </svg>
        }
        .into_any(),
    }
}

/// The mark of a finding: its health, an open padlock, or the outline of what fell silent.
pub(crate) fn finding_glyph(kind: FindingKind, status: Status) -> AnyView {
    match kind {
        FindingKind::Plaintext => view! {
            <svg class="glyph" viewBox="0 0 14 14" aria-hidden="true">
                <path fill="none" stroke="var(--degraded-text)" stroke-width="1.6" stroke-linecap="round" stroke-linejoin="round" d="M3.2 6.5h7.6v5H3.2zM5 6.5V4.3a2.1 2.1 0 014-.9"/>
            </svg>
        }
        .into_any(),
        FindingKind::Silent => view! {
            <svg class="glyph" viewBox="0 0 12 12" aria-hidden="true">
                <rect x="1" y="2.5" width="10" height="7" rx="2" fill="none" stroke="var(--text3)" stroke-dasharray="1.6 1.8"/>
            </svg>
        }
        .into_any(),
        _ => status_glyph(status),
    }
}

/// The class that colours rows, figures and chips.
pub(crate) fn status_class(status: Status) -> &'static str {
    match status {
        Status::Failing => "failing",
        Status::Degraded => "degraded",
        _ => "",
    }
}

pub(crate) fn status_word(status: Status) -> &'static str {
    match status {
        Status::Failing => "Failing",
        Status::Degraded => "Degraded",
        Status::TooFewRequests => "Too few requests to judge",
        Status::Unknown => "Unknown",
        Status::Idle => "Idle",
        Status::Healthy => "Healthy",
    }
}
