//! Where no image can be built and no cluster is at hand: the files that say how are held to what the rest of the
//! repository says.

use tests::workspace_root;

fn read(file: &str) -> String {
    std::fs::read_to_string(workspace_root().join(file)).unwrap_or_else(|error| panic!("{file}: {error}"))
}

fn instructions<'a>(dockerfile: &'a str, word: &str) -> Vec<&'a str> {
    dockerfile.lines().filter_map(|line| line.strip_prefix(word)?.strip_prefix(' ')).collect()
}

#[test]
fn the_image_copies_what_there_is_and_all_that_a_build_needs() {
    let dockerfile = read("Dockerfile");
    let copied: Vec<&str> = instructions(&dockerfile, "COPY")
        .into_iter()
        .filter(|line| !line.starts_with("--from="))
        .flat_map(|line| line.rsplit_once(' ').expect("sources and a place").0.split(' '))
        .collect();
    for source in &copied {
        assert!(workspace_root().join(source).exists(), "there is no {source} to copy");
    }
    let manifest: toml::Table = read("Cargo.toml").parse().unwrap();
    let members = manifest["workspace"]["members"].as_array().unwrap().iter();
    let folders = members.map(|member| member.as_str().unwrap().trim_end_matches("/*"));
    for needed in folders.chain([".cargo", "Cargo.toml", "Cargo.lock", "rust-toolchain.toml", "assets"]) {
        assert!(copied.contains(&needed), "{needed} is not copied, and nothing builds without it");
    }
    let ignored = read(".dockerignore");
    for line in ignored.lines().map(|line| line.trim_matches('/')) {
        assert!(!copied.contains(&line), "{line} is copied and ignored");
    }
}

#[test]
fn the_image_is_built_as_continuous_integration_builds() {
    let dockerfile = read("Dockerfile");
    let ci = read(".ci/run");
    let commands = instructions(&dockerfile, "RUN");
    assert_eq!(commands.len(), 1, "{commands:?}");
    assert!(ci.lines().any(|line| line == commands[0]), ".ci/run does not run `{}`", commands[0]);
    assert!(commands[0].contains("--release") && commands[0].contains("--locked"), "{}", commands[0]);
}

#[test]
fn the_image_runs_as_nobody_and_asks_itself_how_it_is() {
    let dockerfile = read("Dockerfile");
    assert_eq!(instructions(&dockerfile, "FROM").len(), 2, "one stage to build, one to run");
    let user = instructions(&dockerfile, "USER");
    assert!(user.len() == 1 && !user[0].starts_with('0') && !user[0].starts_with("root"), "{user:?}");
    let health = instructions(&dockerfile, "HEALTHCHECK");
    assert!(health.len() == 1 && health[0].contains("\"/usr/local/bin/portolan\", \"health\""), "{health:?}");
    assert_eq!(instructions(&dockerfile, "ENV"), ["PORTOLAN_LISTEN=0.0.0.0:20001", "MALLOC_ARENA_MAX=2"]);
    assert_eq!(instructions(&dockerfile, "ENTRYPOINT"), ["[\"/usr/local/bin/portolan\"]"]);
}

#[test]
fn the_manifest_gives_away_no_right_and_has_what_a_cluster_asks_for() {
    let manifest = read("deploy/kubernetes.yaml");
    let (deployment, service) = manifest.split_once("\n---\n").expect("a Deployment and a Service");
    let has = |document: &str, lines: &[&str]| {
        // In this order, each within the next few lines: a name and its value, a probe and its path.
        let text: Vec<&str> = document.lines().map(|line| line.trim().trim_start_matches("- ")).collect();
        let found = (0..text.len()).any(|at| {
            let mut rest = text[at..].iter().take(lines.len() + 2);
            text[at] == lines[0] && lines.iter().all(|line| rest.any(|found| found == line))
        });
        assert!(found, "the manifest lacks {lines:?}");
    };
    for lines in [
        &["kind: Deployment"][..],
        &["automountServiceAccountToken: false"],
        &["runAsNonRoot: true"],
        &["readOnlyRootFilesystem: true"],
        &["allowPrivilegeEscalation: false"],
        &["drop: [ALL]"],
        &["type: RuntimeDefault"],
        &["name: PORTOLAN_LISTEN", "value: 0.0.0.0:20001"],
        &["readinessProbe:", "httpGet:", "path: /readyz"],
        &["livenessProbe:", "httpGet:", "path: /healthz"],
        &["name: http", "containerPort: 20001"],
        &["prometheus.io/path: /metrics"],
    ] {
        has(deployment, lines);
    }
    has(service, &["kind: Service"]);
    has(service, &["port: 20001", "targetPort: http"]);
    for word in ["kind: Role", "kind: ClusterRole", "serviceAccountName", "hostPath", "privileged: true"] {
        assert!(!manifest.contains(word), "{word} is more than it needs");
    }
}
