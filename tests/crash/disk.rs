//! What a disk may hold after a power cut: everything that was synced, and of the rest whatever
//! hurts most.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use crate::shim::Change;

/// A disk as the running system sees it, and what of it is safe.
#[derive(Debug, Clone, Default)]
pub struct Disk {
    files: Vec<File>,
    /// Every name, as the running system sees it.
    names: BTreeMap<PathBuf, Node>,
    /// Every name that its folder was synced with.
    safe: BTreeMap<PathBuf, Node>,
}

#[derive(Debug, Clone, Default)]
struct File {
    data: Vec<u8>,
    /// So many bytes of it were synced.
    safe: usize,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Node {
    Folder,
    File(usize),
}

/// Which names are left.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Names {
    /// Those that are safe.
    Safe,
    /// All that were there when the power went.
    All,
    /// These, and those that were removed and whose removal is not safe.
    Ever,
}

/// What is left of data that was not synced.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Data {
    Gone,
    /// The first half.
    Torn,
    /// The length, without the content.
    Zeros,
}

/// What may be left, from the most to the least likely.
pub const LEFT: [(Names, Data); 5] = [
    (Names::Safe, Data::Gone),
    (Names::All, Data::Gone),
    (Names::All, Data::Torn),
    (Names::All, Data::Zeros),
    (Names::Ever, Data::Gone),
];

/// The files and folders of a disk; a folder has no content.
pub type Tree = BTreeMap<PathBuf, Option<Vec<u8>>>;

impl Disk {
    /// Makes a change. Paths stand below `root`, which is there and safe.
    pub fn make(&mut self, change: &Change, root: &Path) {
        let inside = |path: &Path| path.strip_prefix(root).unwrap().to_owned();
        match change {
            Change::Created(path) => {
                self.files.push(File::default());
                self.names.insert(inside(path), Node::File(self.files.len() - 1));
            }
            Change::Written(path, data) => {
                if let Some(Node::File(file)) = self.names.get(&inside(path)) {
                    self.files.get_mut(*file).unwrap().data.extend_from_slice(data);
                }
            }
            Change::Synced(path) => self.sync(&inside(path)),
            Change::Linked(from, to) => {
                let node = *self.names.get(&inside(from)).unwrap();
                self.names.insert(inside(to), node);
            }
            Change::Removed(path) => drop(self.names.remove(&inside(path))),
            Change::Folder(path) => drop(self.names.insert(inside(path), Node::Folder)),
            Change::NotSynced => {}
        }
    }

    fn sync(&mut self, path: &Path) {
        if let Some(Node::File(file)) = self.names.get(path) {
            let file = self.files.get_mut(*file).unwrap();
            file.safe = file.data.len();
            return;
        }
        let is_child = |name: &Path| name.parent() == Some(path);
        self.safe.retain(|name, _| !is_child(name));
        let children = self.names.iter().filter(|(name, _)| is_child(name));
        self.safe.extend(children.map(|(name, node)| (name.clone(), *node)));
    }

    /// Returns what is left after a power cut.
    pub fn cut(&self, names: Names, data: Data) -> Tree {
        let mut left = match names {
            Names::Safe => self.safe.clone(),
            Names::All | Names::Ever => self.names.clone(),
        };
        if names == Names::Ever {
            left.extend(self.safe.iter().map(|(name, node)| (name.clone(), *node)));
        }
        let is_reached = |name: &Path| {
            let mut folders = name.ancestors().skip(1).filter(|path| *path != Path::new(""));
            folders.all(|folder| left.get(folder) == Some(&Node::Folder))
        };
        let reached = left.iter().filter(|(name, _)| is_reached(name));
        reached
            .map(|(name, node)| match node {
                Node::Folder => (name.clone(), None),
                Node::File(file) => {
                    (name.clone(), Some(self.files.get(*file).unwrap().after_cut(data)))
                }
            })
            .collect()
    }

    /// Returns what the running system sees.
    pub fn seen(&self) -> Tree {
        let content = |node: &Node| match node {
            Node::Folder => None,
            Node::File(file) => Some(self.files.get(*file).unwrap().data.clone()),
        };
        self.names.iter().map(|(name, node)| (name.clone(), content(node))).collect()
    }
}

impl File {
    fn after_cut(&self, data: Data) -> Vec<u8> {
        let (safe, rest) = self.data.split_at(self.safe);
        let mut left = safe.to_vec();
        match data {
            Data::Gone => {}
            Data::Torn => left.extend_from_slice(rest.split_at(rest.len() / 2).0),
            Data::Zeros => left.resize(self.data.len(), 0),
        }
        left
    }
}

/// Tells whether a file is being written and no object yet: then it has a number of its own.
pub fn is_unfinished(name: &Path) -> bool {
    name.display().to_string().contains('#')
}

/// Reads a folder.
pub fn read(root: &Path) -> Tree {
    let mut tree = Tree::new();
    read_into(root, root, &mut tree);
    tree
}

fn read_into(root: &Path, folder: &Path, tree: &mut Tree) {
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        let name = path.strip_prefix(root).unwrap().to_owned();
        if path.is_dir() {
            tree.insert(name, None);
            read_into(root, &path, tree);
        } else {
            tree.insert(name, Some(std::fs::read(&path).unwrap()));
        }
    }
}

/// Puts a tree into a folder, which need not exist.
pub fn write(tree: &Tree, root: &Path) {
    std::fs::create_dir_all(root).unwrap();
    for (name, content) in tree {
        let path = root.join(name);
        match content {
            None => std::fs::create_dir_all(path).unwrap(),
            Some(data) => std::fs::write(path, data).unwrap(),
        }
    }
}
