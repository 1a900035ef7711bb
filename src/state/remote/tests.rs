//! What is said of a bucket that cannot be used, against a server that gives one answer to all.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::Arc;

use object_store::path::Path;
use object_store::{ObjectStore, ObjectStoreExt as _, PutMode, PutOptions};

use super::settings::{Variables, open};
use super::{BucketError, Problem};
use crate::desired::{BucketUrl, Cloud};

const SECRET: &str = "marker-91c2-never-to-be-seen";

fn url(cloud: Cloud) -> BucketUrl {
    BucketUrl { cloud, bucket: "bucket".to_owned(), prefix: "a/b".to_owned() }
}

fn variables(pairs: &[(&str, &str)]) -> Variables {
    pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
}

/// Answers every request in the same way, and returns where.
fn server(status: &'static str, body: &'static str) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let _ = answer(stream.unwrap(), status, body);
        }
    });
    format!("http://{address}")
}

fn answer(stream: TcpStream, status: &str, body: &str) -> std::io::Result<()> {
    let mut reader = BufReader::new(stream.try_clone()?);
    let mut length = 0;
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if let Some(value) = line.to_ascii_lowercase().strip_prefix("content-length:") {
            length = value.trim().parse().unwrap_or(0);
        }
        if line.trim().is_empty() {
            break;
        }
    }
    reader.take(length).read_to_end(&mut Vec::new())?;
    let size = body.len();
    write!(
        &stream,
        "HTTP/1.1 {status}\r\ncontent-length: {size}\r\nconnection: close\r\n\r\n{body}"
    )
}

fn s3(endpoint: &str) -> Arc<dyn ObjectStore> {
    let variables = variables(&[
        ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
        ("AWS_SECRET_ACCESS_KEY", SECRET),
        ("AWS_ENDPOINT_URL", endpoint),
        // What would switch off the safety of the store has no say.
        ("AWS_CONDITIONAL_PUT", "disabled"),
    ]);
    open(&url(Cloud::S3), &variables).unwrap()
}

/// Returns what is said where a name is to be created, with the words of the error.
async fn told(endpoint: &str) -> (Problem, String) {
    let options = PutOptions { mode: PutMode::Create, ..PutOptions::default() };
    let error = s3(endpoint).put_opts(&Path::from("x"), "y".into(), options).await.unwrap_err();
    let error = BucketError::of(&url(Cloud::S3), &error);
    (error.problem.clone(), format!("{error}. {}", error.hint()))
}

#[tokio::test]
async fn each_answer_says_what_to_do_and_shows_no_secret() {
    let denied = "<Error><Code>AccessDenied</Code><Message>No.</Message></Error>";
    let mismatch = "<Error><Code>SignatureDoesNotMatch</Code><StringToSign>\
                    marker-91c2-never-to-be-seen</StringToSign></Error>";
    let missing = "<Error><Code>NoSuchBucket</Code></Error>";
    let region = "<Error><Code>AuthorizationHeaderMalformed</Code></Error>";
    let odd = "<Error><Code>EntityTooLarge</Code></Error>";
    let cases = [
        ("403 Forbidden", denied, Problem::Forbidden("AccessDenied".to_owned()), "list and read"),
        (
            "403 Forbidden",
            mismatch,
            Problem::Rejected("SignatureDoesNotMatch".to_owned()),
            "`AWS_SECRET_ACCESS_KEY`",
        ),
        ("404 Not Found", missing, Problem::NoBucket, "`s3://bucket/a/b`"),
        ("400 Bad Request", region, Problem::OtherRegion, "`AWS_REGION`"),
        ("301 Moved Permanently", "", Problem::OtherRegion, "`AWS_REGION`"),
        ("400 Bad Request", odd, Problem::Other("EntityTooLarge".to_owned()), "same command"),
        ("400 Bad Request", SECRET, Problem::Other("400".to_owned()), "same command"),
    ];
    for (status, body, problem, says) in cases {
        let (found, words) = told(&server(status, body)).await;
        assert_eq!(found, problem, "{words}");
        assert!(words.contains(says), "{words}");
        assert!(!words.contains(SECRET) && !words.contains("127.0.0.1"), "{words}");
    }
}

#[tokio::test]
async fn a_store_that_is_not_there_is_asked_for_a_bounded_time() {
    let begin = std::time::Instant::now();
    let (problem, words) = told("http://127.0.0.1:1").await;
    assert!(matches!(problem, Problem::Unreachable(_)), "{problem:?}");
    assert!(words.contains("`AWS_ENDPOINT_URL`") && words.contains("refused"), "{words}");
    assert!(begin.elapsed().as_secs() < 30);
}

#[tokio::test]
async fn without_credentials_it_is_said_which_are_missing() {
    let nobody = [
        ("AWS_ENDPOINT_URL", "http://127.0.0.1:1"),
        ("AWS_METADATA_ENDPOINT", "http://127.0.0.1:1"),
        ("AWS_ACCESS_KEY_ID", ""),
    ];
    let store = open(&url(Cloud::S3), &variables(&nobody)).unwrap();
    let error = store.get(&Path::from("x")).await.unwrap_err();
    let error = BucketError::of(&url(Cloud::S3), &error);
    assert_eq!(error.problem, Problem::NoCredentials);
    assert!(error.hint().contains("`AWS_ACCESS_KEY_ID`"), "{}", error.hint());

    let off = open(&url(Cloud::S3), &variables(&[("AWS_EC2_METADATA_DISABLED", "true")]));
    assert_eq!(off.unwrap_err().problem, Problem::NoCredentials);
    assert_eq!(open(&url(Cloud::Azure), &variables(&[])).unwrap_err().problem, Problem::NoAccount);
    let half = open(&url(Cloud::S3), &variables(&[("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE")]));
    let error = half.unwrap_err();
    assert!(matches!(error.problem, Problem::Setting(_)), "{error}");
    let no_file = [("GOOGLE_APPLICATION_CREDENTIALS", "/not/there.json")];
    let error = open(&url(Cloud::Google), &variables(&no_file)).unwrap_err();
    assert!(matches!(error.problem, Problem::Setting(_)), "{error}");
    assert!(error.hint().contains("`GOOGLE_APPLICATION_CREDENTIALS`"), "{}", error.hint());
}

#[test]
fn plain_http_is_for_this_machine_only() {
    let with = |endpoint| {
        open(
            &url(Cloud::S3),
            &variables(&[
                ("AWS_ACCESS_KEY_ID", "AKIAEXAMPLE"),
                ("AWS_SECRET_ACCESS_KEY", SECRET),
                ("AWS_ENDPOINT_URL", endpoint),
                ("AWS_ALLOW_HTTP", "true"),
            ]),
        )
    };
    for endpoint in ["http://127.0.0.1:9000", "http://localhost/x", "http://[::1]:9000"] {
        with(endpoint).unwrap();
    }
    for endpoint in ["http://minio.example.org", "http://127.0.0.1.example.org:9000"] {
        let error = with(endpoint).unwrap_err();
        assert_eq!(error.problem, Problem::PlainHttp(endpoint.to_owned()));
    }
    with("https://minio.example.org").unwrap();
}

#[test]
fn all_three_clouds_open_with_their_own_variables() {
    let google = r#"{"gcs_base_url":"http://127.0.0.1:1","disable_oauth":true,"client_email":"",
        "private_key":"","private_key_id":""}"#;
    open(&url(Cloud::Google), &variables(&[("GOOGLE_SERVICE_ACCOUNT_KEY", google)])).unwrap();
    let azure = [("AZURE_STORAGE_ACCOUNT_NAME", "account"), ("AZURE_STORAGE_ACCOUNT_KEY", "a2V5")];
    open(&url(Cloud::Azure), &variables(&azure)).unwrap();
}
