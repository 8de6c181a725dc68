//! What only looks like a key, by family. Texts are shapes: what stands in braces is generated, since a whole key-like
//! text must not stand in the repository.

pub(crate) struct Family {
    pub(crate) name: &'static str,
    pub(crate) texts: &'static [&'static str],
}

const fn family(name: &'static str, texts: &'static [&'static str]) -> Family {
    Family { name, texts }
}

#[rustfmt::skip]
pub(crate) const FAMILIES: &[Family] = &[
    family("public by design", &[
        "pk_live_{A:24}", "pk_live_51{A:99}", "pk_test_{A:24}", "pk_test_{A:99}", "pk-lf-{uuid4}", "phc_{A:43}",
        "sb_publishable_{B:31}", "sub-c-{uuid4}", "pub-c-{uuid4}", "pk.eyJ1Ijoi{B:80}.{B:22}",
        "https://{h:32}@o{d:6}.ingest.sentry.io/{d:7}", "pk_{h:48}", "rpa_{A:40}",
    ]),
    family("ids of drives and videos", &[
        "https://drive.example/file/d/1{B:12}-SK-{B:17}/view", "https://youtu.example/watch?v={A:4}-sk-{A:3}",
        "1{B:9}-sk-{B:20}", "1{B:9}_sk_{B:20}", "{B:20}-sk-{B:43}", "{A:20}sk-{A:48}", "{A:20}sk_{h:48}",
    ]),
    family("words ending in sk, with a dash", &[
        "risk-adjusted", "task-routing-map--sl-xxxx", "disk-by-uuid-{uuid4}", "desk-report", "mask-image",
        "kiosk-ws-handler", "flask-proxy-server", "ask-user-question", "whisk-{h:32}", "brisk-{A:48}", "husk-{B:43}",
        "tusk-{uuid4-hex}", "dusk-{h:64}", "busk-{A:20}T3Blbk{A:22}", "asterisk-{uuid4-hex}", "obelisk-{A:48}",
        "netmask-{h:48}", "bitmask-{uuid}", "helpdesk-{A:48}", "servicedesk-ai-v1-intake-{h:40}", "task-{uuid4-hex}",
        "task-{uuid4}", "task-{A:48}", "task-{h:64}", "TASK-{uuid4-hex}", "task-proj-{B:120}", "flask-kimi-{A:64}",
        "risk-or-v1-{h:40}", "disk-ant-api", "task-command-script-task-example", "task-dependencies-alias",
        "<task-notification>{uuid4}</task-notification>", "risk-assessment-{d:8}-{h:12}", "task-cp-{B:118}",
    ]),
    family("words ending in sk or rk, with an underscore", &[
        "task_test_{A:30}", "task_test_{A:24}", "desk_live_{A:24}", "desk_live_{A:42}", "cpumask_pr_args",
        "ask_car_{A:22}", "network_live_{A:24}", "network_live_{A:99}", "benchmark_test_{A:34}", "task_{a:32}",
        "task_{h:48}", "qtask_{A:27}", "zendesk_org_{A:40}", "zendesk_org_id", "risk_org_wide", "ondisk_cache_entry",
        "ask_permission", "task_execution_day", "fork_live_{A:34}", "task_{uuid}", "task_{B:42}{Z4}", "week_{h:32}",
        "assess-{A:40}", "work_test_{A:107}",
    ]),
    family("SpinKit", &[
        "sk-circle", "sk-circle-dot", "sk-circle-fade-dot", "sk-chase-dot-before", "sk-grid-cube", "sk-fold-cube",
        "sk-wander-cube", "sk-swing-dot", "sk-bounce-dot", "sk-wave-rect", "sk-plane", "sk-pulse", "sk-flow-dot",
        "sk-center", "sk-cube-grid", "sk-folding-cube", "sk-fading-circle", "sk-rotating-plane", "sk-double-bounce",
        "sk-three-bounce", "sk-wandering-cubes", "sk-circle-fade-dot sk-circle-fade-dot sk-circle-fade-dot",
        "sk-circle-dot:nth-child(12):before", "sk-cubeGridScaleDelay", "sk-circleBounceDelay", "sk-circleFadeDelay",
    ]),
    family("scikit-learn", &[
        "sk-container-id-1", "sk-container-id-{d:2}", "sk-estimator-id-3", "sk-estimator-id-{d:4}",
        "sk-toggleable__label-arrow", "sk-toggleable__control", "sk-toggleable__content", "sk-hidden--visually",
        "sk-estimator-doc-link", "sk-parallel-item", "sk-serial", "sk-dashed-wrapped", "sk-text-repr-fallback",
        "sk-top-container", "sk-label-container", "sk-item", "sk-estimator", "#sk-container-id-1 div.sk-parallel",
        "<div id=\"sk-{uuid4}\" class=\"sk-top-container\">", "#sk-{uuid4} {{color: black;}", "sk-{uuid4}", "sk-{uuid}",
        "sk-toggleable__label-arrow:before", "sk-global-docs-link-container", "sk-estimator-doc-link-fitted",
    ]),
    family("locales", &["sk-SK", "sk_SK", "\"sk\",\"sk-SK\"", "/sk-sk/", "cs-sk-hu", "ms.contentlocale: sk-SK",
        "sk-SK-x-private", "/sk-sk/windows/release-information/{h:32}", "sk_SK.UTF-8", "de-sk-kontakt-{d:8}",
    ]),
    family("OpenSSH", &[
        "sk-ssh-ed25519@openssh.com", "sk-ssh-ed25519-cert-v01@openssh.com", "sk-ecdsa-sha2-nistp256@openssh.com",
        "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com", "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
        "sk-provider@openssh.com", "sk-ssh-ed25519@openssh.com AAAAGnNrLXNzaC1lZDI1NTE5QG9wZW5zc2guY29t{A:60}= a@b",
        "sk-ecdsa-sha2-nistp256@openssh.com AAAAInNrLWVjZHNhLXNoYTItbmlzdHAyNTZAb3BlbnNzaC5jb20{A:120} a@b",
        "ssh_sk_{A:20}", "sk_resident_key", "sk_enroll_response", "ssh-sk-helper-{h:40}",
    ]),
    family("template keys", &[
        "key={{`sk-${{i}`}", "`sk-${{ii}-${{ji}`", "cmdName = `sk-${{skill.id}`", "sk-${{VAR}", "sk-{{key}", "sk-%s",
        "sk-%(key)s", "sk-{{{{ key }}", "sk-<your key>", "<sk-…>", "sk-#{{key}", "sk-$(openssl rand -hex 24)",
        "\"sk-\" + System.currentTimeMillis()", "sk-\" + uuid.uuid4().hex", "f\"sk-{{uuid.uuid4()}\"",
        "f\"sk-{{secrets.token_hex(24)}\"", "'sk-' . bin2hex(random_bytes(24))", "sk-\" + \"\".join(random.choices(x, k=48))",
    ]),
    family("class names and slugs", &[
        "btn-sk-primary", "axis-sk-line", "data-sk-done", "btn-sk-{uuid4}", "css-sk-{h:8}", "sk-{h:6}", "sk-{h:8}-{h:4}",
        "https://m.example/making-a-flask-proxy-server-online-in-10-lines-of-code-{h:11}", "td1sk-ws-23e.pdf",
        "https://m.example/@a/how-to-build-a-task-queue-{h:12}", "sk-doc/019-sk-doc-router-alignment/{h:40}",
        "sk_hynix_chart.png", "NO.-503-WOSK-DO-WASOW--DEPOT.png", "sk_hynix_{d:8}_{d:6}_report_final.png",
        "https://cdn.example/assets/mask-{h:20}.svg", "chunk-desk-{h:20}.js", "task_manager-{B:22}.js",
        "sk-navbar-collapse-button-wrapper", "sk-learn-tutorial-2024", "sk-button--primary__icon-left",
    ]),
    family("names in the cloud, tickets", &[
        "<azure-disk-sp-name>", "nodepool-mgmt-sp-name", "XA-SK-UART8", "CCNU-SK-35", "TASK-CP-005",
        "TASK-SKILL-LIFECYCLE-07", "FSK-BF-2026-0709-001", "SK-{d:6}", "SK-URL-{H:16}", "SK-{H:32}", "SK-{d:4}-{d:6}",
        "azure-disk-sp-{uuid4-hex}", "pvc-disk-{uuid4}", "projects/x/zones/y/disks/disk-{uuid4-hex}", "TASK-{H:48}",
    ]),
    family("columns and C", &[
        "sk_organizations", "sk_user_id", "sk_customer_dim_{d:8}", "sk_buff", "struct sk_buff *skb", "sk_psock_verdict_data_ready",
        "cpumask_pr_args", "sk_msg_memcopy_from_iter", "sk_stream_wait_connect", "sk_run_filter_{h:8}", "fields_sk_test_id",
        "sk_bpf_storage_diag_alloc_and_more", "ssh_sk_{l:20}_{l:10}",
    ]),
    family("blobs and tokens", &[
        "eyJ{B:33}.{B:120}-sk-{B:60}.{B:43}", "eyJ{B:33}.{B:120}_sk_{B:60}.{B:43}", "{B:200}-sk-{A:48}", "{A:300}sk-{B:200}",
        "{S:400}", "{B:400}", "{h:64}", "{h:128}", "sha256:{h:64}", "ya29.{B:120}-sk-{B:40}", "gAAAAA{B:100}-sk-{B:40}",
    ]),
    family("integrity of packages", &[
        "\"integrity\": \"sha512-{A:40}/{A:20}+{A:24}==\"", "sha256-{A:42}=", "sha384-{A:64}", "h1:{A:42}=",
        "--hash=sha256:{h:64}", "checksum = \"{h:64}\"", "mask-1.2.3.tgz#{h:40}", "flask-3.0.0-py3-none-any.whl#sha256={h:64}",
    ]),
    family("minified programs", &[
        "mask-{A:12}:{{a:b},task_{A:8}={{c:d}", "e.task_{A:24}=1,t.risk_{A:34}=2", "n.mask=function(t){{return t&1}",
        "case\"sk-{A:6}\":return", "sk_{A:8}=function(){{", "var sk_{A:16}=0",
    ]),
    family("regular expressions", &[
        "sk-[A-Za-z0-9]{{48}", "sk-ant-[A-Za-z0-9_-]+", "^sk-or-v1-[0-9a-f]{{64}$", "sk-proj-[A-Za-z0-9_-]{{74}T3BlbkFJ[A-Za-z0-9_-]{{74}",
        "(sk|rk)_(live|test)_[0-9a-zA-Z]{{10,128}", "\\bsk-(?:proj|svcacct|admin)-[\\w-]{{58}T3BlbkFJ[\\w-]{{58}\\b",
        "sk-ant-api03-[a-zA-Z0-9_\\-]{{93}AA", "sk-[a-zA-Z0-9]{{20}T3BlbkFJ[a-zA-Z0-9]{{20}", "whsec_[A-Za-z0-9+/=]{{32,}",
        "`sk-` + 48 letters", "sk-proj-[^\\s\"']+", "sk_live_\\w{{24,}", "sk-ant-api03-{{95 chars}",
    ]),
    family("sentinels in tests", &[
        "sk-do-not-log-me", "sk-DO-NOT-LEAK-secret-token", "cli-PSK-DO-NOT-LEAK-a44b", "sk-orca-fixture",
        "sk-super-secret-key-12345", "sk_test_ci_build_dummy_not_a_real_key", "sk-this-should-never-appear-in-logs",
        "sk-proj-this-is-not-a-real-key-just-for-the-tests-of-this-project", "sk-ant-api03-not-a-real-key-for-unit-tests-only-0000",
    ]),
    // `{A:0}` is nothing: it keeps what has the full shape of a key out of this file.
    family("placeholders", &[
        "sk-...", "sk-…", "sk-xxx", "sk-xxxx", "sk-XXXXXXXX", "sk-XXXXXXXXXXXXXXXXXXXXXXXX", "sk-your-key", "sk-your-api-key-here",
        "sk-xxxxxxxxxxxxxxxxxxxxxxxx{A:0}xxxxxxxxxxxxxxxxxxxxxxxx", "sk-your_openai_key_here", "sk-proj-YOUR_API_KEY_HERE",
        "sk-proj-REPLACE_WITH_YOUR_KEY", "sk-REPLACE_WITH_MOONSHOT_KEY", "sk-replace-with-your-kimi-key", "sk_test_REPLACE_ME",
        "sk-你的Key", "sk-or-v1-...sua_chave...", "tvly-dev-votre_cle_tavily", "sk-ant-...", "sk-ant-your_anthropic_key_here",
        "sk-1234", "sk-12345", "sk-123456", "sk-1234567890abcdef", "sk-1234567890", "sk-lf-1234567890", "sk-lf-asdfghjkl",
        "sk-test", "sk-test-123", "sk-fake", "sk-dummy", "sk-mock", "sk-hy", "sk-mm-testkey", "sk_test_dummy", "sk_test_ZHVtbXk=",
        "sk-proj-abc123def456...", "sk-abc...def", "sk-ab***yz", "sk_test_••••", "sk_live_...", "sk_live_xxxxxxxxxxxx{A:0}xxxxxxxxxxxx",
        "sk-{h:4}...{h:4}", "sk-proj-{B:8}…{B:4}", "sk-ant-api03-{B:6}***{B:4}", "sk-{A:8}****************{A:4}", "sk-proj-{B:20}...",
        "sk-00000000000000000000000000{A:0}00000000000000000000000000", "sk-abcdefghijklmnopqrstuvwxyz", "sk-abcdefghijklmnopqrstuvwxyz123456",
        "sk-ant-api03-your-key-here", "sk-or-v1-your-openrouter-key-here", "sk-insert-your-key-here", "sk-<REDACTED>", "sk-[REDACTED]",
        "sk-ant-api03-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", "sk-proj-xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-none", "sk-null", "sk-changeme", "sk-placeholder", "sk-example", "sk-example-key-for-documentation", "sk-demo-key-12345678",
        "sk-anything", "sk-no-key-required", "sk-not-needed", "sk-local", "sk-key-goes-here", "sk-my-secret-key", "sk-prod-key-1",
        "whsec_...", "whsec_your_webhook_secret_here", "whsec_test_secret", "whsec_xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx",
        "sk-lf-your-langfuse-secret-key", "sk-litellm-master-key", "sk-my-litellm-virtual-key", "sk_live_your_stripe_secret_key_here",
    ]),
];
