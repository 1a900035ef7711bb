//! Whose word counts, and what is refused.

use std::collections::BTreeMap;
use std::path::Path;

use super::*;

const CONTEXT: &str = r#"{"auth_token_type":"Bearer","auth_token":"secret-1"}"#;

fn address(host: Option<&str>) -> Address {
    Address { host: host.map(str::to_owned), ..Address::default() }
}

/// Resolves with these variables, and a file of these keys if there are any.
fn resolved(
    address: &Address,
    variables: &[(&str, &str)],
    file: &[(&str, &str)],
) -> Result<Config, ConfigError> {
    let variables: BTreeMap<&str, &str> = variables.iter().copied().collect();
    let lookup = |name: &str| variables.get(name).map(|value| (*value).to_owned());
    let values: BTreeMap<&str, &str> = file.iter().copied().collect();
    let file =
        File::parse(Path::new("/conf/environment.json"), &serde_json::json!(values).to_string())?;
    let file = (!values.is_empty()).then_some(&file);
    resolve(address, Surroundings { variable: &lookup, file })
}

fn url(address: &Address, variables: &[(&str, &str)], file: &[(&str, &str)]) -> String {
    resolved(address, variables, file).unwrap().endpoint.url()
}

#[test]
fn without_anything_it_is_the_vendors_own_platform() {
    let url = url(&address(None), &[(SECURITY_CONTEXT, CONTEXT)], &[]);
    assert_eq!(url, "https://api.dnanexus.com:443");
}

#[test]
fn the_environment_wins_over_the_file_key_by_key() {
    let file = [(HOST, "file.example.org"), (PORT, "8443"), (SECURITY_CONTEXT, CONTEXT)];
    assert_eq!(url(&address(None), &[], &file), "https://file.example.org:8443");
    let variables = [(HOST, "env.example.org")];
    let config = resolved(&address(None), &variables, &file).unwrap();
    assert_eq!(config.endpoint.url(), "https://env.example.org:8443");
    assert_eq!(config.endpoint.host.origin, Origin::Environment(HOST));
    assert_eq!(config.token.origin, Origin::File("/conf/environment.json".into()));
    // What is empty says nothing.
    assert_eq!(url(&address(None), &[(HOST, "")], &file), "https://file.example.org:8443");
}

#[test]
fn the_target_wins_over_both() {
    let target = Address {
        host: Some("localhost".to_owned()),
        port: Some(8765),
        protocol: Some(Protocol::Http),
    };
    let variables = [(PORT, "1"), (PROTOCOL, "https"), (SECURITY_CONTEXT, CONTEXT)];
    assert_eq!(url(&target, &variables, &[]), "http://localhost:8765");
    // A port beside another host is not about this one.
    assert_eq!(url(&address(Some("x.org")), &variables, &[]), "https://x.org:1");
    let file = [(HOST, "api.dnanexus.com"), (PORT, "1")];
    let variables = [(SECURITY_CONTEXT, CONTEXT)];
    assert_eq!(url(&address(Some("x.org")), &variables, &file), "https://x.org:443");
}

#[test]
fn a_token_is_not_sent_to_another_host() {
    let target = address(Some("staging.example.org"));
    let file = [(HOST, "api.dnanexus.com"), (SECURITY_CONTEXT, CONTEXT)];
    let error = resolved(&target, &[], &file).unwrap_err();
    assert!(matches!(error, ConfigError::TokenOfAnotherHost { .. }), "{error}");
    // A token of the environment, with no host beside it, goes where the target says.
    let variables = [(SECURITY_CONTEXT, CONTEXT)];
    assert!(resolved(&target, &variables, &file).is_ok());
    let same = [(HOST, "STAGING.example.org"), (SECURITY_CONTEXT, CONTEXT)];
    assert!(resolved(&target, &[], &same).is_ok());
}

#[test]
fn plain_http_is_for_this_machine() {
    let variables = [(PROTOCOL, "http"), (SECURITY_CONTEXT, CONTEXT)];
    let error = resolved(&address(None), &variables, &[]).unwrap_err();
    assert!(matches!(error, ConfigError::PlainHttp { .. }), "{error}");
    for host in ["localhost", "127.0.0.1", "[::1]"] {
        let variables = [(HOST, host), (PROTOCOL, "http"), (SECURITY_CONTEXT, CONTEXT)];
        assert_eq!(url(&address(None), &variables, &[]), format!("http://{host}:80"));
    }
}

#[test]
fn what_cannot_be_used_is_said_without_the_token() {
    for (context, expected) in [
        ("secret-1", "not a JSON object"),
        (r#"{"auth_token_type":"Bearer","auth_token":17,"x":"secret-1"}"#, "not a JSON object"),
        (r#"{"auth_token":"secret-1"}"#, "no `auth_token_type`"),
        (r#"{"auth_token_type":"Basic","auth_token":"secret-1"}"#, "not `Bearer`"),
        (r#"{"auth_token_type":"Bearer"}"#, "no `auth_token`"),
        (r#"{"auth_token_type":"Bearer","auth_token":"secret-1\n"}"#, "no header takes"),
    ] {
        let error = resolved(&address(None), &[(SECURITY_CONTEXT, context)], &[]).unwrap_err();
        let text = format!("{error} {error:?} {}", error.cure());
        assert!(text.contains(expected), "{text}");
        assert!(!text.contains("secret-1"), "{text}");
    }
    let error = resolved(&address(None), &[("HOME", "/home/x")], &[]).unwrap_err();
    assert!(error.to_string().contains("/home/x/.dnanexus_config/environment.json"), "{error}");
    for (key, value) in [(PORT, "0"), (PORT, "https"), (PROTOCOL, "ftp")] {
        let variables = [(key, value), (SECURITY_CONTEXT, CONTEXT)];
        let error = resolved(&address(None), &variables, &[]).unwrap_err();
        assert!(error.to_string().contains(key), "{error}");
    }
}

#[test]
fn a_file_that_is_no_configuration_is_refused_without_its_text() {
    for text in ["secret-1", "[\"secret-1\"]", "{\"a\": secret-1}"] {
        let error = File::parse(Path::new("/conf"), text).unwrap_err();
        assert!(!error.to_string().contains("secret-1"), "{error}");
    }
    let file = File::parse(Path::new("/conf"), "{\"DX_SECURITY_CONTEXT\": \"secret-1\"}").unwrap();
    assert!(!format!("{file:?}").contains("secret-1"));
}

#[test]
fn the_folder_of_the_file_can_be_moved() {
    let moved = |name: &str| (name == CONF_DIR).then(|| "/elsewhere".to_owned());
    assert_eq!(file_path(&moved), Some("/elsewhere/environment.json".into()));
    assert_eq!(file_path(&|_| None), None);
}

#[test]
fn a_proxy_is_for_https_only() {
    let proxy = ("HTTPS_PROXY", "http://proxy.example.org:3128");
    let config = resolved(&address(None), &[proxy, (SECURITY_CONTEXT, CONTEXT)], &[]).unwrap();
    assert_eq!(config.proxy.unwrap().value, proxy.1);
    let local = [proxy, (HOST, "localhost"), (PROTOCOL, "http"), (SECURITY_CONTEXT, CONTEXT)];
    assert!(resolved(&address(None), &local, &[]).unwrap().proxy.is_none());
}
