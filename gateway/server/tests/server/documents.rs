//! Opening documents from paths and streams, as the command line does.

use std::fs;
use std::io::{Cursor, Write};
use std::path::{Path, PathBuf};

use kit::document::{Document, Part};
use server::config::Limits;
use server::documents::{DocumentFault, DocumentLimits, Input, open};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::house::bytes;

fn limits() -> DocumentLimits {
    DocumentLimits::new(&Limits { spool_bytes_min: 10, zip_members_max: 3, ..Limits::default() }, 1_000)
}

fn parts(document: &Document) -> Vec<(String, String)> {
    let text = |part: &Part| String::from_utf8(bytes(part.bytes.as_ref())).unwrap();
    document.parts().map(|(_, part)| (part.name.to_string(), text(part))).collect()
}

fn open_paths(paths: &[PathBuf]) -> Result<Document, (usize, DocumentFault)> {
    open(paths.iter().cloned().map(Input::Path).collect(), &limits())
}

fn write(folder: &Path, name: &str, bytes: &[u8]) -> PathBuf {
    let path = folder.join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn archive(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut archive = ZipWriter::new(Cursor::new(Vec::new()));
    for (name, bytes) in members {
        archive.start_file(*name, SimpleFileOptions::default()).unwrap();
        archive.write_all(bytes).unwrap();
    }
    archive.finish().unwrap().into_inner()
}

#[test]
fn a_folder_is_its_files_by_name_and_nothing_below() {
    let folder = tempfile::tempdir().unwrap();
    write(folder.path(), "b.csv", b"second");
    write(folder.path(), "a.csv", b"first");
    fs::create_dir(folder.path().join("below")).unwrap();
    write(&folder.path().join("below"), "c.csv", b"third");
    let document = open_paths(&[folder.path().to_owned()]).unwrap();
    assert_eq!(parts(&document), [("a.csv".into(), "first".into()), ("b.csv".into(), "second".into())]);
}

#[test]
fn files_archives_and_streams_go_together_by_name() {
    let folder = tempfile::tempdir().unwrap();
    let file = write(folder.path(), "z.csv", b"a file");
    let packed = write(folder.path(), "A.ZIP", &archive(&[("y/b.csv", b"packed b"), ("../a.csv", b"packed a")]));
    let mut stream = Cursor::new(b"a stream longer than the spool keeps in memory".to_vec());
    let inputs = vec![Input::Path(file), Input::Path(packed), Input::Stream(&mut stream)];
    let document = open(inputs, &limits()).unwrap();
    let names: Vec<String> = parts(&document).into_iter().map(|(name, _)| name).collect();
    assert_eq!(names, ["-", "a.csv", "b.csv", "z.csv"]);
    assert_eq!(parts(&document)[1].1, "packed a");
    assert_eq!(parts(&document)[0].1, "a stream longer than the spool keeps in memory");
}

#[test]
fn an_archive_keeps_its_name_only_where_it_says_so() {
    // A workbook is a zip archive too: only `.zip` is taken apart.
    let folder = tempfile::tempdir().unwrap();
    let workbook = write(folder.path(), "book.xlsx", &archive(&[("xl/workbook.xml", b"<workbook/>")]));
    assert_eq!(
        open_paths(&[workbook]).unwrap().part(schemas::diagnostic::PartId(0)).unwrap().name.as_ref(),
        "book.xlsx"
    );
}

#[test]
fn what_cannot_be_opened_says_why_and_where_without_a_name() {
    let folder = tempfile::tempdir().unwrap();
    let empty = folder.path().join("canary-empty");
    fs::create_dir(&empty).unwrap();
    let full = folder.path().join("canary-full");
    fs::create_dir(&full).unwrap();
    for name in ["1", "2", "3", "4"] {
        write(&full, name, b"x");
    }
    let good = write(folder.path(), "good.csv", b"x");
    let whole = archive(&[("canary.csv", b"canary")]);
    let many = archive(&[("1", b"x"), ("2", b"x"), ("3", b"x"), ("4", b"x")]);
    let cases: Vec<(PathBuf, &str)> = vec![
        (folder.path().join("canary"), "no such file"),
        (empty, "no file in it"),
        (full, "more than 3 files"),
        (write(folder.path(), "canary-cut.zip", &whole[..whole.len() - 5]), "damaged"),
        (write(folder.path(), "canary-none.zip", b""), "damaged"),
        (write(folder.path(), "canary-many.zip", &many), "more than 3 files"),
        (write(folder.path(), "canary-hollow.zip", &archive(&[])), "no file in it"),
        (write(folder.path(), "canary-bomb.zip", &archive(&[("canary", &[0; 900_000])])), "more than"),
    ];
    for (path, words) in cases {
        match open_paths(&[good.clone(), path.clone()]) {
            Ok(_) => panic!("{} was opened", path.display()),
            Err((position, fault)) => {
                assert_eq!(position, 1);
                assert!(fault.to_string().contains(words), "{}: {fault}", path.display());
                assert!(!fault.to_string().contains("canary"));
            }
        }
    }
    assert!(matches!(open(Vec::new(), &limits()), Err((0, DocumentFault::Empty))));
}

#[test]
fn a_stream_of_exactly_the_limit_is_taken() {
    for (length, taken) in [(1_000, true), (1_001, false)] {
        let mut stream = Cursor::new(vec![b'x'; length]);
        let opened = open(vec![Input::Stream(&mut stream)], &limits());
        assert_eq!(opened.is_ok(), taken, "{length}");
    }
}
