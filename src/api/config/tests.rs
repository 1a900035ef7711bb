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
    let file = File::parse(
        Path::new("/conf/environment.json"),
        &serde_json::json!(BTreeMap::from(file)).to_string(),
    )
    .unwrap();
    let surroundings = Surroundings { variable: &|_| None, file: Some(&file) };
    // Where it is, is known without a token, and although the token would not be sent there.
    let endpoint = endpoint(&address(Some("x.org")), surroundings).unwrap();
    assert_eq!(endpoint.url(), "https://x.org:443");
}

#[test]
fn a_token_is_not_sent_to_another_host() {
    let target = address(Some("staging.example.org"));
    let file = [(HOST, "api.dnanexus.com"), (SECURITY_CONTEXT, CONTEXT)];
    let context = (SECURITY_CONTEXT, CONTEXT);
    let other_host = (HOST, "api.dnanexus.com");
    let same_host = (HOST, "STAGING.example.org");
    for (variables, file, theirs) in [
        (&[] as &[_], &file as &[_], Some("/conf/environment.json")),
        (&[other_host, context], &[], Some(HOST)),
        // The vendor's client would send this token to the host of the file.
        (&[context], &[other_host], Some("/conf/environment.json")),
        (&[other_host], &[same_host, context], Some(HOST)),
        // The host of the environment is not that of the file's token.
        (&[same_host], &file, Some("/conf/environment.json")),
        (&[], &[same_host, context], None),
        (&[same_host, context], &file, None),
        (&[context], &[], None),
    ] {
        let found = resolved(&target, variables, file).map(|_| ());
        match theirs {
            None => assert_eq!(found, Ok(()), "{variables:?} {file:?}"),
            Some(place) => {
                let error = found.unwrap_err();
                assert!(matches!(error, ConfigError::TokenOfAnotherHost { .. }), "{error}");
                let text = error.to_string();
                assert!(
                    text.contains(&format!("`api.dnanexus.com`, the host in {place}")),
                    "{text}"
                );
            }
        }
    }
    // A target that names no host follows the vendor's conventions alone.
    assert!(resolved(&address(None), &[same_host], &file).is_ok());
}

#[test]
fn a_host_is_a_name_and_nothing_that_leads_elsewhere() {
    for host in ["a@evil.example", "evil.example/x", "https://x.org", "x.org:1", "x y", "[x]", "é"]
    {
        let error = resolved(&address(None), &[(HOST, host), (SECURITY_CONTEXT, CONTEXT)], &[]);
        assert!(matches!(error, Err(ConfigError::Value { .. })), "{host}: {error:?}");
        assert!(resolved(&address(Some(host)), &[(SECURITY_CONTEXT, CONTEXT)], &[]).is_err());
    }
    let variables = [(HOST, "::1"), (PROTOCOL, "http"), (SECURITY_CONTEXT, CONTEXT)];
    assert_eq!(url(&address(None), &variables, &[]), "http://[::1]:80");
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
    assert_eq!(config.proxy.unwrap().value.to_string(), "proxy.example.org:3128");
    let local = [proxy, (HOST, "localhost"), (PROTOCOL, "http"), (SECURITY_CONTEXT, CONTEXT)];
    assert!(resolved(&address(None), &local, &[]).unwrap().proxy.is_none());
}

#[test]
fn a_proxy_never_shows_its_password() {
    let read = |text| {
        let config =
            resolved(&address(None), &[("https_proxy", text), (SECURITY_CONTEXT, CONTEXT)], &[])?;
        let told = format!("{config:?}");
        assert!(!told.contains("hunter2") && !told.contains("secret-1"), "{told}");
        Ok(config.proxy.unwrap().value.to_string())
    };
    let told = |text| read(text).map_err(|error: ConfigError| error.to_string());
    assert_eq!(told("http://amara:hunter2@proxy.example.org").unwrap(), "proxy.example.org:80");
    assert_eq!(told("proxy.example.org:3128").unwrap(), "proxy.example.org:3128");
    assert_eq!(told("https://[::1]:8443").unwrap(), "[::1]:8443");
    for text in ["socks5://amara:hunter2@x.org", "http://", "amara:hunter2"] {
        let error = told(text).unwrap_err();
        assert!(error.contains("https_proxy") && !error.contains("hunter2"), "{error}");
    }
}

#[test]
fn a_value_of_the_file_that_is_no_text_is_refused_where_it_is_needed() {
    let text = r#"{"DX_SECURITY_CONTEXT": {"auth_token": "secret-1"}, "DX_PROJECT": {}, "DX_APISERVER_PORT": 8443}"#;
    let file = File::parse(Path::new("/conf/environment.json"), text).unwrap();
    let with = |variable: &dyn Fn(&str) -> Option<String>| {
        resolve(&address(None), Surroundings { variable, file: Some(&file) })
    };
    let error = with(&|_| None).unwrap_err().to_string();
    assert!(error.contains("`DX_SECURITY_CONTEXT` is not a text"), "{error}");
    assert!(!error.contains("secret-1"), "{error}");
    let config = with(&|name| (name == SECURITY_CONTEXT).then(|| CONTEXT.to_owned())).unwrap();
    assert_eq!(config.endpoint.port.value, 8443);
}
