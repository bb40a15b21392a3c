import Foundation
import Testing

/// `gen bench`, as a program.
@Suite struct BenchTests {
  private let gen = Program()

  /// A step needs memory above what the process has without a model.
  @Test func memoryAboveTheIdleProcess() throws {
    let result = try gen("bench", "lstm", "--steps", "1", "--json")
    #expect(result.status == 0, "\(result.messages)")
    let object = try #require(
      try JSONSerialization.jsonObject(with: Data(result.output.utf8)) as? [String: Any])
    let (peak, idle) = (object["peak_mib"] as? Int, object["idle_mib"] as? Int)
    #expect(try #require(idle) > 0)
    #expect(try #require(peak) > #require(idle))
    let told = try gen("bench", "lstm", "--steps", "1")
    #expect(told.output.contains("MiB above the idle process"))
  }
}
