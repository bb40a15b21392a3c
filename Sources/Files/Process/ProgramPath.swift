import CLibrary

/// The path of the program's own file, without links; nil where the system does not say.
package func programPath() -> BytePath? {
  #if canImport(Darwin)
    var size: UInt32 = 0
    _ = _NSGetExecutablePath(nil, &size)
    var bytes = [CChar](repeating: 0, count: Int(size))
    guard _NSGetExecutablePath(&bytes, &size) == 0 else { return nil }
    return try? BytePath(bytes: bytes.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)))
      .withoutLinks()
  #else
    return try? BytePath("/proc/self/exe").withoutLinks()
  #endif
}

/// The value of an environment variable; nil where it is not set, or not UTF-8.
package func environmentVariable(_ name: String) -> String? {
  getenv(name).flatMap { String(validatingCString: $0) }
}
