# Two stages: one with the toolchain, one with the program alone. The build command is the one that continuous integration runs.
FROM rust:1.95-bookworm AS build
WORKDIR /src
COPY rust-toolchain.toml Cargo.toml Cargo.lock ./
COPY .cargo .cargo
COPY crates crates
COPY assets assets
COPY server server
COPY frontend frontend
COPY tests tests
RUN cargo build --release --locked --bin portolan

FROM gcr.io/distroless/cc-debian12:nonroot
COPY --from=build /src/target/release/portolan /usr/local/bin/portolan
# 65532 is distroless' nonroot.
USER 65532:65532
# In a container loopback would be of no use to anybody; who may reach the port is for the network to say.
ENV PORTOLAN_LISTEN=0.0.0.0:20001
# glibc keeps a heap per thread; two are enough here and hold a quarter less memory.
ENV MALLOC_ARENA_MAX=2
EXPOSE 20001
HEALTHCHECK --interval=30s --timeout=5s --start-period=5s CMD ["/usr/local/bin/portolan", "health"]
ENTRYPOINT ["/usr/local/bin/portolan"]
