import CLibrary
import Foundation

/// The memory that this process has in use now, in bytes; the most so far where the system does not say.
func residentMemory() -> Int {
  #if os(Linux)
    // In pages: the program's size, what of it is resident, and more.
    let fields = (try? String(contentsOfFile: "/proc/self/statm", encoding: .utf8))?.split(
      separator: " ")
    if let fields, fields.count > 1, let pages = Int(fields[1]) {
      return pages * sysconf(Int32(_SC_PAGESIZE))
    }
  #endif
  return peakMemory()
}
