// What the C libraries have each in its own way.

extension stat {
  /// When the content was last changed.
  public var modificationTime: timespec {
    #if canImport(Darwin)
      st_mtimespec
    #else
      st_mtim
    #endif
  }
}

#if canImport(Glibc)
  /// What getrlimit(2) calls a resource.
  public typealias Resource = __rlimit_resource
#else
  /// What getrlimit(2) calls a resource.
  public typealias Resource = Int32
#endif

/// How much of a resource this process may have; nil where that is not limited.
public func limit(of resource: Resource) -> Int? {
  var limit = rlimit()
  #if canImport(Glibc)
    let status = getrlimit(__rlimit_resource_t(resource.rawValue), &limit)
  #else
    let status = getrlimit(resource, &limit)
  #endif
  return status == 0 && limit.rlim_cur < 1 << 62 ? Int(limit.rlim_cur) : nil
}

/// The most memory that this process has had in use so far, in bytes.
public func peakMemory() -> Int {
  var usage = rusage()
  #if canImport(Glibc)
    getrusage(__rusage_who_t(RUSAGE_SELF.rawValue), &usage)
  #else
    getrusage(RUSAGE_SELF, &usage)
  #endif
  #if canImport(Darwin)
    return usage.ru_maxrss
  #else
    return usage.ru_maxrss << 10
  #endif
}

#if canImport(Darwin)
  /// What posix_spawn(3) does with files before a program begins.
  public typealias SpawnActions = posix_spawn_file_actions_t?
#else
  /// What posix_spawn(3) does with files before a program begins.
  public typealias SpawnActions = posix_spawn_file_actions_t
#endif

/// Starts a program, which is looked for in PATH, with this one's environment: posix_spawnp(3).
///
/// - Parameter prepare: adds to what is done with files.
/// - Returns: The process, or an errno.
public func spawn(
  _ program: String, _ arguments: [String], _ prepare: (inout SpawnActions) -> Void
) -> (process: pid_t, status: Int32) {
  #if canImport(Darwin)
    var actions: SpawnActions = nil
    let environment = _NSGetEnviron().pointee
  #else
    var actions = SpawnActions()
    let environment = environ
  #endif
  posix_spawn_file_actions_init(&actions)
  defer { posix_spawn_file_actions_destroy(&actions) }
  prepare(&actions)
  var words: [UnsafeMutablePointer<CChar>?] = ([program] + arguments).map { strdup($0) } + [nil]
  defer { for word in words { free(word) } }
  var process = pid_t()
  let status = posix_spawnp(&process, program, &actions, nil, &words, environment)
  return (process, status)
}
