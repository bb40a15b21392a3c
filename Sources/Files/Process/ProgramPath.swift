import CLibrary
import CProcessor

/// The path of the program's own file, without links; nil where the system does not say.
package func programPath() -> BytePath? {
  // The file itself, whatever it is called by now, which Linux knows where /proc is mounted.
  if let path = try? BytePath("/proc/self/exe").withoutLinks() { return path }
  var bytes = [CChar](repeating: 0, count: Int(PATH_MAX))
  guard program_path(&bytes, bytes.count) else { return nil }
  return try? BytePath(bytes: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:))).withoutLinks()
}

/// The value of an environment variable; nil where it is not set, or not UTF-8.
package func environmentVariable(_ name: String) -> String? {
  getenv(name).flatMap { String(validatingCString: $0) }
}
