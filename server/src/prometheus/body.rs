//! An answer's bytes as they came over the wire. Packed they are a twentieth, so they are unpacked where they are read,
//! one at a time. Must not know what they say.

use super::PrometheusError;
use bytes::Bytes;
use flate2::read::MultiGzDecoder;
use std::borrow::Cow;
use std::io::Read as _;

#[derive(Debug, Clone)]
pub(crate) struct Body {
    pub(super) bytes: Bytes,
    pub(super) packed: bool,
    /// Bytes that it may have unpacked.
    pub(super) max_bytes: usize,
}

impl Body {
    /// Takes as long as unpacking takes: large ones belong on a thread of their own.
    pub(crate) fn unpacked(&self) -> Result<Cow<'_, [u8]>, PrometheusError> {
        if !self.packed {
            return Ok(Cow::Borrowed(&self.bytes));
        }
        let mut unpacked = Vec::with_capacity(self.expected_bytes());
        let limit = self.max_bytes as u64 + 1;
        MultiGzDecoder::new(self.bytes.as_ref())
            .take(limit)
            .read_to_end(&mut unpacked)
            .map_err(|_| PrometheusError::CutOff)?;
        if unpacked.len() > self.max_bytes {
            return Err(PrometheusError::too_large(self.max_bytes));
        }
        Ok(Cow::Owned(unpacked))
    }

    /// What it weighed on the wire.
    pub(crate) fn wire_bytes(&self) -> usize {
        self.bytes.len()
    }

    /// Whether it begins as an answer of the API does; a login page does not. Unpacks no more than it looks at.
    pub(crate) fn begins_as_json(&self) -> bool {
        let mut start = [0; 64];
        let read = if self.packed {
            MultiGzDecoder::new(self.bytes.as_ref()).read(&mut start)
        } else {
            self.bytes.as_ref().read(&mut start)
        };
        read.is_ok_and(|read| start[..read].trim_ascii_start().starts_with(b"{"))
    }

    /// Unpacked it would be too large, by what the packer says of it: found out without unpacking.
    pub(crate) fn is_said_too_large(&self) -> bool {
        self.packed && self.told_bytes() > self.max_bytes
    }

    fn told_bytes(&self) -> usize {
        self.bytes.last_chunk().map_or(0, |length| u32::from_le_bytes(*length) as usize)
    }

    /// What the packer wrote at the end, so that nothing has to grow; only a hint, and never more than is allowed.
    fn expected_bytes(&self) -> usize {
        // Nothing packs better than a thousandfold.
        self.told_bytes().min(self.max_bytes).min(self.bytes.len().saturating_mul(1_100)).saturating_add(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use flate2::{Compression, write::GzEncoder};
    use std::io::Write as _;

    fn packed(text: &[u8], max_bytes: usize) -> Body {
        let mut packer = GzEncoder::new(Vec::new(), Compression::fast());
        packer.write_all(text).unwrap();
        Body { bytes: packer.finish().unwrap().into(), packed: true, max_bytes }
    }

    #[test]
    fn it_unpacks_up_to_its_limit_and_no_further() {
        let text = vec![b'x'; 100_000];
        assert_eq!(packed(&text, 100_000).unpacked().unwrap(), text);
        assert_eq!(packed(&text, 99_999).unpacked(), Err(PrometheusError::too_large(99_999)));
        let plain = Body { bytes: text.clone().into(), packed: false, max_bytes: 1 };
        assert_eq!(plain.unpacked().unwrap(), text);
    }

    #[test]
    fn one_that_broke_off_says_so_and_a_lying_length_takes_no_memory() {
        let whole = packed(&vec![b'x'; 100_000], 1_000_000_000);
        let half = Body { bytes: whole.bytes.slice(..whole.bytes.len() / 2), ..whole.clone() };
        assert_eq!(half.unpacked(), Err(PrometheusError::CutOff));
        let mut lying = whole.bytes.to_vec();
        let end = lying.len() - 4;
        lying[end..].copy_from_slice(&u32::MAX.to_le_bytes());
        let lying = Body { bytes: lying.into(), ..whole };
        assert!(lying.expected_bytes() < 1_000_000, "{}", lying.expected_bytes());
        assert_eq!(lying.unpacked(), Err(PrometheusError::CutOff));
    }
}
