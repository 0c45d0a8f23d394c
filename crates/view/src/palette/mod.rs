//! The colours by name, in two themes. The numbers are the designer's; what they must satisfy is tested here.

/// Which of the two sets of colours is painted.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum Theme {
    #[default]
    Light,
    Dark,
}

macro_rules! tokens {
    ($($name:ident $word:literal $light:literal $dark:literal)*) => {
        /// A colour's name; `word` is the custom property's name without the dashes.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Token { $($name),* }

        impl Token {
            pub const ALL: &'static [Self] = &[$(Self::$name),*];

            pub const fn word(self) -> &'static str {
                match self { $(Self::$name => $word),* }
            }

            /// `#RRGGBB`.
            pub const fn css(self, theme: Theme) -> &'static str {
                match (self, theme) {
                    $((Self::$name, Theme::Light) => $light, (Self::$name, Theme::Dark) => $dark),*
                }
            }
        }
    };
}

tokens! {
    Sea "sea" "#EEF2F5" "#0B1219"
    Land "land" "#F8FAFB" "#101923"
    Surface "surface" "#FFFFFF" "#17222D"
    Sunken "sunken" "#F1F4F7" "#111A23"
    Hover "hover" "#E8EDF2" "#22303D"
    Line "line" "#DCE3E9" "#263441"
    LineStrong "line-strong" "#C3CDD6" "#3A4A59"
    Control "control" "#7A8898" "#66788A"
    Text "text" "#15202B" "#E9EFF4"
    Text2 "text2" "#465564" "#B2BFCB"
    Text3 "text3" "#5E6C7A" "#8C9BA9"
    OnAccent "on-accent" "#FFFFFF" "#06202B"
    Accent "accent" "#0B6A8C" "#58B7D6"
    AccentSoft "accent-soft" "#DCEEF4" "#143240"
    Degraded "degraded" "#C46F00" "#E59A2E"
    DegradedText "degraded-text" "#8A4B00" "#F2B354"
    DegradedSoft "degraded-soft" "#FFF2DC" "#33260F"
    DegradedLine "degraded-line" "#EBC98F" "#6B4C18"
    Failing "failing" "#CF2F2A" "#F0625A"
    FailingText "failing-text" "#B3201C" "#FF8A82"
    FailingSoft "failing-soft" "#FDE9E7" "#3A1917"
    FailingLine "failing-line" "#EDB0AB" "#7A332F"
    Healthy "healthy" "#6B7A89" "#7F90A0"
    Idle "idle" "#8290A0" "#66788A"
    Unknown "unknown" "#76839A" "#8793A8"
    UnknownSoft "unknown-soft" "#E9ECF1" "#212B38"
    Edge "edge" "#788797" "#5F7284"
    EdgeStrong "edge-strong" "#4C5C6C" "#A3B3C2"
    EdgeTcp "edge-tcp" "#6F86A0" "#5C7FA3"
    EdgeGhost "edge-ghost" "#93A0AD" "#566777"
    Particle "particle" "#2C3A48" "#D5DFE8"
    V1 "v1" "#2A72D4" "#4A82F2"
    V2 "v2" "#8C2E63" "#C0648F"
    V3 "v3" "#00402A" "#AEEBD0"
    V4 "v4" "#86813F" "#D2C95A"
    V5 "v5" "#2D99DB" "#6FC6F8"
    V6 "v6" "#54249C" "#A593C4"
    Faster "d-faster" "#1F78A4" "#54B4DE"
    Slower "d-slower" "#A65A00" "#E0A04A"
    Ramp1 "ramp-1" "#D5E4EC" "#1B3440"
    Ramp2 "ramp-2" "#A9C9D8" "#255468"
    Ramp3 "ramp-3" "#74A8BF" "#337A93"
    Ramp4 "ramp-4" "#3D829F" "#4DA6C2"
    Ramp5 "ramp-5" "#0F5B78" "#8BD3EA"
}

/// The colours of versions, by order of appearance on a card.
pub const VERSIONS: [Token; 6] = [Token::V1, Token::V2, Token::V3, Token::V4, Token::V5, Token::V6];

/// From little to much.
pub const RAMP: [Token; 5] = [Token::Ramp1, Token::Ramp2, Token::Ramp3, Token::Ramp4, Token::Ramp5];

/// Colours too close to the ground for a line of its own: they get a casing.
pub(crate) const FAINT: [Token; 3] = [Token::Ramp1, Token::Ramp2, Token::DegradedLine];

/// The colour of the version at `index` on its card; after six they repeat, since the name beside the swatch decides.
pub fn version_colour(index: usize) -> Token {
    VERSIONS[index % VERSIONS.len()]
}

impl Token {
    /// Red, green, blue.
    #[cfg(test)]
    pub(crate) fn rgb(self, theme: Theme) -> [u8; 3] {
        let hex = self.css(theme).as_bytes();
        let pair = |at: usize| nibble(hex[at]) * 16 + nibble(hex[at + 1]);
        [pair(1), pair(3), pair(5)]
    }
}

#[cfg(test)]
fn nibble(digit: u8) -> u8 {
    match digit {
        b'0'..=b'9' => digit - b'0',
        b'A'..=b'F' => digit - b'A' + 10,
        _ => 0,
    }
}

#[cfg(test)]
mod tests;
