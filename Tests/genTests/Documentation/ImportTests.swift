import Foundation
import Testing

/// The README's table of floors is what the sources do.
struct ImportTests {
  private static let sources = Article.package.appendingPathComponent("Sources").standardized

  /// The floor of each folder, and the folders of its own floor that it may import.
  private static func plan() throws -> (floors: [String: Int], arrows: [String: Set<String>]) {
    var (floors, arrows) = ([String: Int](), [String: Set<String>]())
    let readme = Article.package.appendingPathComponent("README.md").standardized
    let text = try String(contentsOf: readme, encoding: .utf8)
    for row in text.matches(of: /(?m)^\| (\d) \| (`.*?`) \| [^|]*\|$/) {
      let floor = try #require(Int(row.1))
      for entry in row.2.split(separator: ", ") {
        let names = entry.matches(of: /`(\w+)`/).map { String($0.1) }
        floors[names[0]] = floor
        arrows[names[0], default: []].formUnion(names.dropFirst())
      }
    }
    return (floors, arrows)
  }

  private static func files(of target: String) throws -> [URL] {
    let folder = sources.appendingPathComponent(target)
    let found = FileManager.default.enumerator(at: folder, includingPropertiesForKeys: nil)
    return (found?.compactMap { $0 as? URL } ?? []).filter { $0.pathExtension == "swift" }
  }

  @Test func importsGoDownOrAlongAnArrow() throws {
    let (floors, arrows) = try Self.plan()
    let targets = try FileManager.default.contentsOfDirectory(atPath: Self.sources.path)
      // The kernels are one folder under three names.
      .filter { !$0.hasPrefix("Kernels") || $0 == "Kernels" }
    #expect(Set(targets) == Set(floors.keys), "the README's table and Sources")
    for target in targets {
      let floor = try #require(floors[target])
      for file in try Self.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        for name in text.matches(of: /(?m)^(?:@\w+ )*(?:public |package )?import (\w+)/).map(\.1) {
          guard let other = floors[name.hasPrefix("Kernels") ? "Kernels" : String(name)] else {
            continue
          }
          let isAllowed = other < floor || arrows[target]?.contains(String(name)) == true
          #expect(isAllowed, "\(target)/\(file.lastPathComponent) imports \(name)")
        }
      }
    }
  }

  /// All others import it under the name that it has there.
  @Test func oneModuleKnowsWhichCLibraryThereIs() throws {
    for file in Article.files(below: "Sources", where: { $0.hasSuffix(".swift") })
    where !file.hasPrefix("Sources/CLibrary/") {
      let text = try String(
        contentsOf: Article.package.appendingPathComponent(file), encoding: .utf8)
      #expect(!text.contains(/import (?:Glibc|Musl|Darwin)\b/), "\(file)")
    }
  }

  /// Foundation costs every start of the program more than these floors take.
  @Test func lowerFloorsDoWithoutFoundation() throws {
    let (floors, _) = try Self.plan()
    for (target, floor) in floors where floor < 4 {
      for file in try Self.files(of: target) {
        let text = try String(contentsOf: file, encoding: .utf8)
        #expect(!text.contains("import Foundation"), "\(target)/\(file.lastPathComponent)")
      }
    }
  }
}
