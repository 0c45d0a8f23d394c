//! Puts functions that resemble one another side by side. Gzip sees only the last 32 kB, and compilers scatter the many
//! near copies that generic code leaves, so the order alone is worth a twentieth of the compressed module. Must not
//! change what any function does that can be called: each keeps its code and gets another number.

use std::collections::{BTreeMap, BTreeSet};
use std::convert::Infallible;
use std::error::Error;

use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Function, FunctionSection, Module};
use wasmparser::{
    CodeSectionReader, CustomSectionReader, FunctionSectionReader, KnownCustom, Parser, Payload, TypeRef,
};

use crate::shed;

/// Bytes that make a mark: a few instructions.
const MARK_BYTES: usize = 6;
/// One mark in so many is kept, by its hash, so that like functions keep the same ones.
const KEPT_OF: u64 = 4;
/// What more functions share than this tells nothing about any of them.
const COMMON: usize = 400;
/// The functions placed last whose marks the next one is compared with.
const BEHIND: usize = 3;

/// The same module with its functions in an order that compresses better, without their names and without the code of
/// those that nobody calls.
pub(crate) fn cluster(wasm: &[u8]) -> Result<Vec<u8>, Box<dyn Error>> {
    let (mut imported, mut bodies) = (0, Vec::new());
    for payload in Parser::new(0).parse_all(wasm) {
        match payload? {
            Payload::ImportSection(imports) => {
                for import in imports.into_imports() {
                    imported += usize::from(matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_)));
                }
            }
            Payload::CodeSectionEntry(body) => bodies.push(&wasm[body.range()]),
            _ => {}
        }
    }
    let uncalled = shed::uncalled(wasm)?.into_iter().map(|function| function - imported).collect();
    let order = chain(&bodies, &uncalled);
    let mut number_of: Vec<u32> = (0..imported).map(|at| at as u32).collect();
    number_of.resize(imported + order.len(), 0);
    for (at, function) in order.iter().enumerate() {
        number_of[imported + function] = (imported + at) as u32;
    }
    let mut module = Module::new();
    Renumber { order, number_of, uncalled }
        .parse_core_module(&mut module, Parser::new(0), wasm)
        .map_err(|error| format!("the module cannot be written in another order: {error}"))?;
    Ok(module.finish())
}

struct Renumber {
    /// The functions' former places, in their new order.
    order: Vec<usize>,
    /// The new number of each function, imported ones first, by its former number.
    number_of: Vec<u32>,
    /// Numbers among the module's own functions.
    uncalled: BTreeSet<usize>,
}

type Written = Result<(), reencode::Error<Infallible>>;

impl Reencode for Renumber {
    type Error = Infallible;

    fn function_index(&mut self, function: u32) -> Result<u32, reencode::Error<Infallible>> {
        Ok(self.number_of[function as usize])
    }

    fn parse_function_section(
        &mut self,
        out: &mut FunctionSection,
        section: FunctionSectionReader<'_>,
    ) -> Written {
        let types = section.into_iter().collect::<Result<Vec<u32>, _>>()?;
        for function in &self.order {
            out.function(types[*function]);
        }
        Ok(())
    }

    fn parse_code_section(&mut self, out: &mut CodeSection, section: CodeSectionReader<'_>) -> Written {
        let bodies = section.into_iter().collect::<Result<Vec<_>, _>>()?;
        for function in self.order.clone() {
            if self.uncalled.contains(&function) {
                out.function(&trap());
            } else {
                self.parse_function_body(out, bodies[function].clone())?;
            }
        }
        Ok(())
    }

    fn parse_custom_section(&mut self, out: &mut Module, section: CustomSectionReader<'_>) -> Written {
        if !matches!(section.as_known(), KnownCustom::Name(_)) {
            out.section(&self.custom_section(section)?);
        }
        Ok(())
    }
}

/// Code that ends the program, should anybody call it after all.
fn trap() -> Function {
    let mut function = Function::new([]);
    function.instructions().unreachable().end();
    function
}

/// Each function is followed by the one, of those left, that shares most of its marks with the last few.
fn chain(bodies: &[&[u8]], uncalled: &BTreeSet<usize>) -> Vec<usize> {
    let marks_of =
        |(at, body): (usize, &&[u8])| if uncalled.contains(&at) { Vec::new() } else { marks_of(body) };
    let marks: Vec<Vec<u64>> = bodies.iter().enumerate().map(marks_of).collect();
    let mut holders = BTreeMap::<u64, Vec<usize>>::new();
    for (function, marks) in marks.iter().enumerate() {
        for mark in marks {
            holders.entry(*mark).or_default().push(function);
        }
    }
    holders.retain(|_, functions| (2..COMMON).contains(&functions.len()));
    let mut order = Vec::with_capacity(bodies.len());
    let mut placed = vec![false; bodies.len()];
    let mut shared = vec![0_usize; bodies.len()];
    let mut first_left = 0;
    while order.len() < bodies.len() {
        let behind = &order[order.len().saturating_sub(BEHIND)..];
        let next = likest(behind, &marks, &holders, &placed, &mut shared).unwrap_or_else(|| {
            while placed[first_left] {
                first_left += 1;
            }
            first_left
        });
        placed[next] = true;
        order.push(next);
    }
    order
}

/// `shared` is room to count in, all zero before and after.
fn likest(
    behind: &[usize],
    marks: &[Vec<u64>],
    holders: &BTreeMap<u64, Vec<usize>>,
    placed: &[bool],
    shared: &mut [usize],
) -> Option<usize> {
    let mut met = Vec::new();
    for mark in behind.iter().flat_map(|function| &marks[*function]) {
        for function in holders.get(mark).into_iter().flatten().copied().filter(|other| !placed[*other]) {
            if shared[function] == 0 {
                met.push(function);
            }
            shared[function] += 1;
        }
    }
    // Sharing much counts by how much of the function it is; a short one is no likeness by chance.
    let score = |function: usize| shared[function] as f64 / (marks[function].len() + 8) as f64;
    let best = met.iter().copied().max_by(|a, b| score(*a).total_cmp(&score(*b)).then(b.cmp(a)));
    for function in met {
        shared[function] = 0;
    }
    best
}

/// The hashes (FNV-1a) of some of the runs of bytes in a function, each once.
fn marks_of(body: &[u8]) -> Vec<u64> {
    let mut marks: Vec<u64> = body
        .windows(MARK_BYTES)
        .map(crate::bundle::fnv1a)
        .filter(|hash| (hash >> 32) % KEPT_OF == 0)
        .collect();
    marks.sort_unstable();
    marks.dedup();
    marks
}
