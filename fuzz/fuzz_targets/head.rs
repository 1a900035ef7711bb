#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    trectl::state::fuzz::run("head", bytes);
});
