//! The files of a gateway's folder.

use std::fs;
use std::path::Path;

/// Writes files that only their owner may read.
pub(crate) fn write_secrets<'t>(folder: &Path, files: impl IntoIterator<Item = (&'t str, String)>) {
    for (name, text) in files {
        let path = folder.join(name);
        fs::write(&path, text).unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt;
            fs::set_permissions(&path, fs::Permissions::from_mode(0o600)).unwrap();
        }
    }
}
