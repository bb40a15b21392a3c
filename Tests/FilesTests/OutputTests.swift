import Foundation
import TestSupport
import Testing

@testable import Files

/// What names of outputs mean.
struct OutputTests {
  let folder: TemporaryFolder

  init() throws { folder = TemporaryFolder(inMemory: true) }

  private func isSame(_ a: String, _ b: String) throws -> Bool {
    try Output(a).isSame(as: Output(b))
  }

  @Test func namesOfOnePlace() throws {
    try put([1], at: folder("file"))
    try FileManager.default.createDirectory(
      atPath: folder("below"), withIntermediateDirectories: false)
    for (link, target) in [("link", "file"), ("hidden", "new"), ("here", "."), ("to", "hidden")] {
      try FileManager.default.createSymbolicLink(
        atPath: folder(link), withDestinationPath: target)
    }
    #expect(link(folder("file"), folder("hard")) == 0)
    for name in ["file", "link", "hard", "./file", "below/../link", "here/file"] {
      #expect(try isSame(folder("file"), folder(name)), "\(name)")
      #expect(try !isSame(folder("new"), folder(name)), "\(name)")
    }
    for name in ["new", "hidden", "to", "here/new", "below/../to"] {
      #expect(try isSame(folder("new"), folder(name)), "\(name)")
      #expect(try !isSame(folder("below/new"), folder(name)), "\(name)")
    }
    #expect(try !isSame("/dev/null", "/dev/null"))
    #expect(mkfifo(folder("pipe"), 0o600) == 0)
    #expect(try isSame(folder("pipe"), folder("here/pipe")))
    #expect(try !isSame(folder("pipe"), folder("file")))
  }

  @Test func streams() throws {
    for name in ["-", "/dev/stdout", "/dev/fd/1", "/dev/../dev/fd/1"] {
      #expect(Output.isStandardOutput(name) && Output.isStream(name), "\(name)")
    }
    for name in ["/dev/stderr", "/dev/fd/2", "/dev/null"] {
      #expect(!Output.isStandardOutput(name) && Output.isStream(name), "\(name)")
    }
    // A number elsewhere is a name like any other.
    for name in ["1", "fd/1", "-1", "./-", "stdout"] {
      #expect(!Output.isStream(folder(name)), "\(name)")
    }
    #expect(!Output.isStream("./-") && !Output.isStream("1"))
  }

  @Test func aLinkToWhatIsNotThereYetStays() throws {
    try FileManager.default.createSymbolicLink(
      atPath: folder("link"), withDestinationPath: "target")
    try Output(folder("link")).write("text")
    #expect(fileKind(folder("link")) == .link)
    #expect(try bytes(of: folder("target")) == Array("text".utf8))
  }

  @Test func whatCannotBeWrittenIsTold() throws {
    for (name, message) in [
      ("", "must have a name"), (folder.path, "Is a directory"),
      (folder("none/file"), "No such file"), ("/dev/fd/999", "no such descriptor"),
    ] {
      let error = try #require(throws: FileError.self) { _ = try Output(name) }
      #expect(error.kind == .cannotCreate && error.message.contains(message), "\(error)")
    }
  }
}
