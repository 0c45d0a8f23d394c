//! An answer that is read while it comes: unpacked, cut into rows, and each row put into its table at once. Must not know
//! where it comes from.

use super::pieces::Pieces;
use super::visit::{Reader, State};
use super::{DecodeError, Form, InstantSink, RangeSink, Told};
use crate::prometheus::PrometheusError;
use flate2::write::MultiGzDecoder;
use graph::Outcome;
use graph::sample::Symbols;
use std::io::{self, Write};
use std::time::Duration;

pub(crate) struct Arriving(Way);

enum Way {
    Plain(Box<Intake>),
    Packed(Box<MultiGzDecoder<Intake>>),
}

/// Takes what is unpacked.
struct Intake {
    form: Form,
    pieces: Pieces,
    symbols: Symbols,
    sink: Sink,
    state: State,
    bytes: usize,
    max_bytes: usize,
    failure: Option<Failure>,
}

enum Sink {
    Instant(InstantSink),
    Range(RangeSink),
}

/// Why an answer is not read to its end.
enum Failure {
    TooLarge,
    CutOff,
    Decode(DecodeError),
}

impl Arriving {
    pub(crate) fn new(form: Form, packed: bool, max_bytes: usize) -> Self {
        let sink = if form.range {
            Sink::Range(RangeSink::new(form.labels))
        } else {
            Sink::Instant(InstantSink::new(form.labels, form.buckets))
        };
        let intake = Intake {
            form,
            pieces: Pieces::default(),
            symbols: Symbols::default(),
            sink,
            state: State::default(),
            bytes: 0,
            max_bytes,
            failure: None,
        };
        Self(if packed {
            Way::Packed(Box::new(MultiGzDecoder::new(intake)))
        } else {
            Way::Plain(Box::new(intake))
        })
    }

    /// Reads the next bytes. False: nothing more is wanted, and the end will say why.
    pub(crate) fn take(&mut self, bytes: &[u8]) -> bool {
        let (written, intake) = match &mut self.0 {
            Way::Plain(intake) => (intake.write_all(bytes), &mut **intake),
            Way::Packed(unpacking) => (unpacking.write_all(bytes), unpacking.get_mut()),
        };
        if written.is_err() {
            intake.failure.get_or_insert(Failure::CutOff);
        }
        written.is_ok()
    }

    /// All has come, or no more is wanted. `at` is the address, for what is said of failures.
    pub(crate) fn told(self, at: &str) -> Result<Told, PrometheusError> {
        let mut intake = match self.0 {
            Way::Plain(intake) => *intake,
            Way::Packed(mut unpacking) => {
                let ended = unpacking.try_finish();
                unpacking.get_mut().failed(at)?;
                ended.and_then(|()| unpacking.finish()).map_err(|_| PrometheusError::CutOff)?
            }
        };
        if intake.failure.is_none() {
            intake.failure = intake.frame().err().map(Failure::Decode);
        }
        intake.failed(at)?;
        Ok(intake.done())
    }

    /// Whether it begins as an answer of the API does; a login page does not.
    pub(crate) fn begins_as_json(&self) -> bool {
        let intake = match &self.0 {
            Way::Plain(intake) => &**intake,
            Way::Packed(unpacking) => unpacking.get_ref(),
        };
        intake.pieces.frame().trim_ascii_start().starts_with(b"{")
    }
}

impl Intake {
    fn rows(&mut self, bytes: &[u8]) -> Result<(), DecodeError> {
        let Self { form, pieces, symbols, sink, state, .. } = self;
        let mut reader = Reader::new(form.labels, symbols, sink.rows(), state);
        pieces.push(bytes, |row| reader.one(row))
    }

    fn frame(&mut self) -> Result<(), DecodeError> {
        let Self { form, pieces, symbols, sink, state, .. } = self;
        Reader::new(form.labels, symbols, sink.rows(), state).whole(pieces.frame())
    }

    /// Why it was not read to its end, if it was not.
    fn failed(&mut self, at: &str) -> Result<(), PrometheusError> {
        match self.failure.take() {
            None => Ok(()),
            Some(Failure::TooLarge) => Err(PrometheusError::too_large(self.max_bytes)),
            Some(Failure::CutOff) => Err(PrometheusError::CutOff),
            Some(Failure::Decode(error)) => {
                Err(PrometheusError::from_decoding(error, self.pieces.frame(), at))
            }
        }
    }

    fn done(self) -> Told {
        let busy = self.state.busy_s.and_then(|busy_s| Duration::try_from_secs_f64(busy_s).ok());
        let (outcome, notes) = match self.sink {
            Sink::Instant(sink) => {
                let (table, notes) = sink.done(self.state.notes);
                (Outcome::Answered(table), notes)
            }
            Sink::Range(sink) => (Outcome::Series(sink.0), self.state.notes),
        };
        Told { busy, ..Told::new(outcome, self.symbols, notes) }
    }
}

impl Sink {
    fn rows(&mut self) -> &mut dyn super::visit::RowSink {
        match self {
            Self::Instant(sink) => sink,
            Self::Range(sink) => sink,
        }
    }
}

/// An error means only that no more is wanted.
impl Write for Intake {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.bytes += bytes.len();
        let failure = if self.bytes > self.max_bytes {
            Some(Failure::TooLarge)
        } else {
            self.rows(bytes).err().map(Failure::Decode)
        };
        match failure {
            None => Ok(bytes.len()),
            failure => {
                self.failure = failure;
                Err(io::ErrorKind::InvalidData.into())
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
