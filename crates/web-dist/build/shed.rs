//! Finds functions that a dependency exports to JavaScript although nothing calls them: the linker must keep them, and so
//! all they call. Decides by names and by who calls whom; must not touch what could run.

use std::collections::BTreeSet;
use std::error::Error;

use wasmparser::{ElementItems, FunctionBody, KnownCustom, Name, Operator, Parser, Payload, TypeRef};

/// Streams between Rust and JavaScript, which Leptos' server functions bring along: the page has none. The exports go by
/// the second name.
const UNCALLED: [&str; 2] = ["wasm_streams", "intounderlying"];

/// What of a module matters here. Functions go by their numbers, imported ones first.
#[derive(Default)]
struct Functions<'a> {
    imported: usize,
    names: Vec<(usize, &'a str)>,
    /// By function: those it calls by number.
    calls: Vec<BTreeSet<usize>>,
    /// Those that may be called through the table.
    tabled: BTreeSet<usize>,
}

/// The functions that no code which can run ever reaches.
pub(crate) fn uncalled(wasm: &[u8]) -> Result<BTreeSet<usize>, Box<dyn Error>> {
    let functions = Functions::read(wasm)?;
    let named = functions.names.iter().filter(|(_, name)| UNCALLED.iter().any(|word| name.contains(word)));
    let mut out: BTreeSet<usize> = named.map(|(function, _)| *function).collect();
    out.retain(|function| *function >= functions.imported);
    // Like functions are merged under one name, so a name alone proves nothing. Two things do: whoever calls it belongs
    // here, or, where it may be called through the table, it calls what only those who belong here call.
    loop {
        let stays = |function: &usize| {
            if functions.tabled.contains(function) {
                functions.calls[*function]
                    .iter()
                    .any(|called| out.contains(called) && !functions.tabled.contains(called))
            } else {
                let mut callers =
                    functions.calls.iter().enumerate().filter(|(_, calls)| calls.contains(function));
                callers.all(|(caller, _)| out.contains(&caller))
            }
        };
        let fewer: BTreeSet<usize> = out.iter().copied().filter(stays).collect();
        if fewer.len() == out.len() {
            return Ok(out);
        }
        out = fewer;
    }
}

impl<'a> Functions<'a> {
    fn read(wasm: &'a [u8]) -> Result<Self, Box<dyn Error>> {
        let mut functions = Self::default();
        for payload in Parser::new(0).parse_all(wasm) {
            match payload? {
                Payload::ImportSection(imports) => {
                    for import in imports.into_imports() {
                        let is_function = matches!(import?.ty, TypeRef::Func(_) | TypeRef::FuncExact(_));
                        functions.imported += usize::from(is_function);
                    }
                    functions.calls.resize(functions.imported, BTreeSet::new());
                }
                Payload::ElementSection(elements) => {
                    for element in elements {
                        functions.note_table(element?.items)?;
                    }
                }
                Payload::CodeSectionEntry(body) => {
                    let calls = functions.calls_of(&body)?;
                    functions.calls.push(calls);
                }
                Payload::CustomSection(section) => {
                    if let KnownCustom::Name(names) = section.as_known() {
                        for name in names {
                            functions.note_names(name?)?;
                        }
                    }
                }
                _ => {}
            }
        }
        Ok(functions)
    }

    fn note_table(&mut self, items: ElementItems<'_>) -> Result<(), Box<dyn Error>> {
        match items {
            ElementItems::Functions(functions) => {
                for function in functions {
                    self.tabled.insert(function? as usize);
                }
                Ok(())
            }
            ElementItems::Expressions(..) => {
                Err("the table holds expressions, which are not understood".into())
            }
        }
    }

    fn note_names(&mut self, name: Name<'a>) -> Result<(), Box<dyn Error>> {
        if let Name::Function(map) = name {
            for naming in map {
                let naming = naming?;
                self.names.push((naming.index as usize, naming.name));
            }
        }
        Ok(())
    }

    /// A reference to a function counts as being in the table: it may be called from anywhere.
    fn calls_of(&mut self, body: &FunctionBody<'_>) -> Result<BTreeSet<usize>, Box<dyn Error>> {
        let mut calls = BTreeSet::new();
        for operator in body.get_operators_reader()? {
            match operator? {
                Operator::Call { function_index } | Operator::ReturnCall { function_index } => {
                    calls.insert(function_index as usize);
                }
                Operator::RefFunc { function_index } => {
                    self.tabled.insert(function_index as usize);
                }
                _ => {}
            }
        }
        Ok(calls)
    }
}
