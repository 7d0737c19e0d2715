//! The program as a person or a script calls it: arguments in; status, output and talk out.

use std::{
    ffi::OsStr,
    fs,
    io::{self, BufRead, BufReader, Read, Write},
    path::{Path, PathBuf},
    process::{Child, ChildStderr, ChildStdout, Command, ExitStatus, Stdio},
    sync::{Mutex, OnceLock, PoisonError, mpsc},
    thread::{self, JoinHandle},
    time::{Duration, Instant},
};

use contract_tests::homeward::homeward;
use serde_json::Value;
use tempfile::TempDir;

/// A run that has not ended by then hangs; nothing is concluded from how long one takes.
pub(crate) const PATIENCE: Duration = Duration::from_secs(300);

/// What a run left.
#[derive(Debug)]
pub(crate) struct Ran {
    /// 0, 1 or 2; `None` when a signal ended it.
    pub(crate) status: Option<i32>,
    /// Standard output.
    pub(crate) out: Vec<u8>,
    /// Standard error.
    pub(crate) talk: String,
}

impl Ran {
    pub(crate) fn text(&self) -> String {
        String::from_utf8(self.out.clone()).unwrap()
    }

    /// The status, with the talk where it is another.
    #[track_caller]
    pub(crate) fn ended(self, status: i32) -> Self {
        assert!(!self.talk.contains("panicked"), "{}", self.talk);
        assert_eq!(self.status, Some(status), "{}", self.talk);
        self
    }

    /// Status 2, nothing on standard output, and the two lines: what is wrong, and what to do.
    #[track_caller]
    pub(crate) fn refused(self, what: &str, help: &str) {
        let ran = self.ended(2);
        assert!(ran.out.is_empty(), "a refusal writes nothing: {}", ran.text());
        let lines: Vec<&str> = ran.talk.lines().filter(|line| !line.starts_with("note: ")).collect();
        let [first, second] = lines[..] else { panic!("two lines were expected, not\n{}", ran.talk) };
        assert!(first.starts_with("error: ") && first.contains(what), "{first}\nwithout: {what}");
        assert!(second.starts_with("help: ") && second.contains(help), "{second}\nwithout: {help}");
    }

    /// The report of `--json`: the last line of the talk.
    #[track_caller]
    pub(crate) fn report(&self) -> Value {
        serde_json::from_str(self.talk.lines().last().unwrap()).unwrap_or_else(|_| panic!("{}", self.talk))
    }
}

/// Runs the program with nothing on standard input.
pub(crate) fn run<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Ran {
    run_with(arguments, b"")
}

/// Runs the program with these bytes on standard input.
pub(crate) fn run_with<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>, input: &[u8]) -> Ran {
    let mut command = command(arguments);
    let mut running = Running::start(command.stdin(Stdio::piped()));
    let stdin = running.child.stdin.take();
    thread::scope(|scope| {
        // A program that needs no input may have gone before it has read any.
        scope.spawn(move || stdin.map(|mut stdin| stdin.write_all(input)));
        running.end()
    })
}

/// The program with these arguments and nothing of this process's own surroundings that it heeds.
pub(crate) fn command<A: AsRef<OsStr>>(arguments: impl IntoIterator<Item = A>) -> Command {
    let mut command = Command::new(homeward());
    command.args(arguments).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.env_remove("HOMEWARD_CONFIG").env_remove("HOMEWARD_LOG");
    command
}

/// A run that goes on; dropping it ends it.
pub(crate) struct Running {
    pub(crate) child: Child,
    out: Option<JoinHandle<io::Result<Vec<u8>>>>,
    talk: Lines<ChildStderr>,
}

impl Running {
    /// Starts a command whose streams are pipes. What it says is read all the time, so that it never waits for us.
    pub(crate) fn start(command: &mut Command) -> Self {
        let mut child = command.spawn().unwrap();
        let out = child.stdout.take().map(|mut stdout| {
            thread::spawn(move || {
                let mut bytes = Vec::new();
                stdout.read_to_end(&mut bytes).map(|_| bytes)
            })
        });
        let talk = Lines::of(child.stderr.take().unwrap());
        Self { child, out, talk }
    }

    /// Starts a command and hands over its standard output to be read line by line while it goes on.
    pub(crate) fn start_telling(command: &mut Command) -> (Self, Lines<ChildStdout>) {
        let mut child = command.spawn().unwrap();
        let out = Lines::of(child.stdout.take().unwrap());
        let talk = Lines::of(child.stderr.take().unwrap());
        (Self { child, out: None, talk }, out)
    }

    /// Waits for a line of the talk.
    pub(crate) fn talks_of(&mut self, words: &str) -> String {
        self.talk.find(words)
    }

    /// Sends a signal by its name.
    #[cfg(unix)]
    pub(crate) fn signal(&self, name: &str) {
        let sent = Command::new("kill").args(["-s", name, &self.child.id().to_string()]).status();
        assert!(sent.unwrap().success(), "kill -s {name}");
    }

    /// Waits for the end.
    pub(crate) fn end(mut self) -> Ran {
        let status = self.wait();
        let out = self.out.take().map(|out| out.join().unwrap().unwrap()).unwrap_or_default();
        Ran { status: status.code(), out, talk: self.talk.rest() }
    }

    fn wait(&mut self) -> ExitStatus {
        let until = Instant::now() + PATIENCE;
        while Instant::now() < until {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            thread::sleep(Duration::from_millis(5));
        }
        panic!("the program has not ended")
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The lines of a stream as they come.
pub(crate) struct Lines<R> {
    lines: mpsc::Receiver<String>,
    said: Vec<String>,
    stream: std::marker::PhantomData<R>,
}

impl<R: Read + Send + 'static> Lines<R> {
    fn of(stream: R) -> Self {
        let (sender, lines) = mpsc::channel();
        thread::spawn(move || {
            let mut stream = BufReader::new(stream);
            let mut line = Vec::new();
            while stream.read_until(b'\n', &mut line).is_ok_and(|count| count > 0) {
                let text = String::from_utf8_lossy(&line).into_owned();
                if sender.send(text).is_err() {
                    break;
                }
                line.clear();
            }
        });
        Self { lines, said: Vec::new(), stream: std::marker::PhantomData }
    }

    /// Waits for a line with these words.
    pub(crate) fn find(&mut self, words: &str) -> String {
        let until = Instant::now() + PATIENCE;
        loop {
            match self.lines.recv_timeout(until.saturating_duration_since(Instant::now())) {
                Ok(line) => {
                    self.said.push(line.clone());
                    if line.contains(words) {
                        return line.trim_end().to_owned();
                    }
                }
                Err(_) => panic!("nothing was said of {words}, but\n{}", self.said.concat()),
            }
        }
    }

    /// All that was said, to the end of the stream.
    pub(crate) fn rest(&mut self) -> String {
        while let Ok(line) = self.lines.recv_timeout(PATIENCE) {
            self.said.push(line);
        }
        self.said.concat()
    }
}

/// A folder to read and write in.
pub(crate) struct Scratch {
    path: PathBuf,
    /// Removes a folder of one test.
    _temporary: Option<TempDir>,
}

impl Scratch {
    /// A folder of a test's own.
    pub(crate) fn new() -> Self {
        let temporary = TempDir::with_prefix("homeward-journeys-").unwrap();
        Self { path: temporary.path().to_owned(), _temporary: Some(temporary) }
    }

    /// A folder that several tests share.
    pub(crate) fn shared(name: &str) -> Self {
        let path = kept().join(name);
        fs::create_dir(&path).unwrap();
        Self { path, _temporary: None }
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }

    pub(crate) fn file(&self, name: &str) -> String {
        text(&self.path.join(name))
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) -> String {
        let path = self.path.join(name);
        fs::write(&path, bytes).unwrap();
        text(&path)
    }

    /// A file that holds a key of 32 bytes, readable by its owner alone.
    pub(crate) fn key(&self, name: &str, byte: u8) -> String {
        use base64::Engine as _;
        let path = self.write(name, base64::engine::general_purpose::STANDARD.encode([byte; 32]) + "\n");
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
        path
    }

    /// The names that stand in it, in order.
    pub(crate) fn names(&self) -> Vec<String> {
        names(self.path())
    }
}

/// The names in a folder, hidden ones too, in order.
pub(crate) fn names(folder: &Path) -> Vec<String> {
    let mut names: Vec<String> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    names.sort();
    names
}

/// Says what is not tried, where it is read: a passing test's own words are kept from the screen.
pub(crate) fn skipped(why: &str) {
    let _ = writeln!(io::stderr(), "SKIPPED: {why}");
}

/// A path as an argument.
pub(crate) fn text(path: &Path) -> String {
    path.to_str().unwrap().to_owned()
}

/// Where things that several tests need are kept until the next run of the tests, in the folder that cargo has for it.
fn kept() -> &'static Path {
    static FOLDER: OnceLock<PathBuf> = OnceLock::new();
    FOLDER.get_or_init(|| {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("journeys");
        // An earlier run's are an earlier program's.
        let _ = fs::remove_dir_all(&folder);
        fs::create_dir_all(&folder).unwrap();
        folder
    })
}

/// A synthetic authority; each is made once.
pub(crate) fn authority(year: u16, children: u32, seed: u64, faults: u32) -> PathBuf {
    static ONE_AT_A_TIME: Mutex<()> = Mutex::new(());
    let _one = ONE_AT_A_TIME.lock().unwrap_or_else(PoisonError::into_inner);
    let place = kept().join(format!("{year}-{children}-{seed}-{faults}"));
    if !place.exists() {
        let [year, children, seed, faults] =
            [year.to_string(), children.to_string(), seed.to_string(), faults.to_string()];
        let arguments =
            ["synth", "--year", &year, "--children", &children, "--seed", &seed, "--faults", &faults, "-q", "-o"];
        let place = text(&place);
        run(arguments.into_iter().chain([place.as_str()])).ended(0);
    }
    place
}
