//! The bytes of a stream: events as text, and packed so that one packing serves all viewers. Each frame is packed without
//! regard to any other and ends on a whole byte, so that frames in any order make one gzip stream.
//! Must not know graphs.

use bytes::Bytes;
use flate2::write::DeflateEncoder;
use flate2::{Compression, Crc};
use std::io::Write as _;

/// A gzip file's head without name, time or system.
const HEAD: [u8; 10] = [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 0xff];
/// An empty last block.
const LAST_BLOCK: [u8; 2] = [3, 0];

#[derive(Debug)]
pub(super) struct Frame {
    text: Bytes,
    packed: Bytes,
    crc: Crc,
}

impl Frame {
    /// `data` has no line ends, as JSON on one line has none.
    pub(super) fn event(name: &str, id: Option<&str>, data: &str) -> Self {
        let id = id.map(|id| format!("id: {id}\n")).unwrap_or_default();
        Self::of(format!("event: {name}\n{id}data: {data}\n\n"))
    }

    /// Says that the connection lives.
    pub(super) fn heart_beat() -> Self {
        Self::of(":\n\n".to_owned())
    }

    /// How long a browser waits before it comes back.
    pub(super) fn retry(after_ms: u32) -> Self {
        Self::of(format!("retry: {after_ms}\n\n"))
    }

    fn of(text: String) -> Self {
        let mut crc = Crc::new();
        crc.update(text.as_bytes());
        let mut packer = DeflateEncoder::new(Vec::with_capacity(text.len() / 6 + 64), Compression::new(3));
        packer.write_all(text.as_bytes()).and_then(|()| packer.flush()).expect("a Vec takes all bytes");
        let packed = Bytes::copy_from_slice(packer.get_ref());
        Self { text: text.into(), packed, crc }
    }
}

/// What the frames of one viewer are wrapped in.
#[derive(Debug)]
pub(super) enum Wrapping {
    Plain,
    /// With the sum of all that went out.
    Gzip(Crc),
}

impl Wrapping {
    pub(super) fn new(packed: bool) -> Self {
        if packed { Self::Gzip(Crc::new()) } else { Self::Plain }
    }

    pub(super) fn begin(&self) -> Bytes {
        match self {
            Self::Plain => Bytes::new(),
            Self::Gzip(_) => Bytes::from_static(&HEAD),
        }
    }

    pub(super) fn wrap(&mut self, frame: &Frame) -> Bytes {
        match self {
            Self::Plain => frame.text.clone(),
            Self::Gzip(crc) => {
                crc.combine(&frame.crc);
                frame.packed.clone()
            }
        }
    }

    pub(super) fn end(&self) -> Bytes {
        match self {
            Self::Plain => Bytes::new(),
            Self::Gzip(crc) => {
                let sums = [crc.sum().to_le_bytes(), crc.amount().to_le_bytes()].concat();
                [LAST_BLOCK.to_vec(), sums].concat().into()
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Read as _;

    #[test]
    fn frames_in_any_order_make_one_gzip_stream() {
        let frames = [
            Frame::retry(3_000),
            Frame::event("graph", Some("a-1"), &"{\"nodes\":[1,2,3]}".repeat(9_000)),
            Frame::heart_beat(),
            Frame::event("problem", None, "{}"),
        ];
        for order in [[0, 1, 2, 3], [3, 1, 1, 0], [2, 2, 2, 2]] {
            let (mut plain, mut gzip) = (Wrapping::new(false), Wrapping::new(true));
            let mut sent = [plain.begin().to_vec(), gzip.begin().to_vec()];
            for frame in order {
                sent[0].extend(plain.wrap(&frames[frame]));
                sent[1].extend(gzip.wrap(&frames[frame]));
            }
            sent[0].extend(plain.end());
            sent[1].extend(gzip.end());
            let mut unpacked = Vec::new();
            flate2::read::GzDecoder::new(sent[1].as_slice()).read_to_end(&mut unpacked).unwrap();
            assert_eq!(unpacked, sent[0], "{order:?}");
        }
    }

    #[test]
    fn an_event_reads_as_browsers_read_it() {
        let text = |frame: &Frame| String::from_utf8(frame.text.to_vec()).unwrap();
        assert_eq!(text(&Frame::event("change", Some("f-2"), "{}")), "event: change\nid: f-2\ndata: {}\n\n");
        assert_eq!(text(&Frame::event("problem", None, "{}")), "event: problem\ndata: {}\n\n");
    }
}
