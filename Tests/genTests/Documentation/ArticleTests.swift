import Foundation
import Images
import Testing

/// The code of the documentation is that of the programs in Examples, which are compiled with the
/// package and run here.
struct ArticleTests {
  private static let examples: [String] = Article.files(below: "Examples") {
    $0.hasSuffix("/main.swift")
  }

  /// All lines of code of the package that pages may quote, without their indentation.
  private static let quotable: String = {
    let files = Article.files(below: "Sources") { $0.hasSuffix(".swift") } + examples
    return files.map { path in
      let file = Article.package.appendingPathComponent(path)
      return unindented((try? String(contentsOf: file, encoding: .utf8)) ?? "")
    }.joined(separator: "\n")
  }()

  private static func unindented(_ code: String) -> String {
    Article.lines(code).map { $0.trimmingCharacters(in: .whitespaces) }.joined(separator: "\n")
  }

  @Test func eachProgramHasAnArticle() {
    let programs = Self.examples.map { $0.split(separator: "/")[1] }
    #expect(programs.count == 7)
    for program in programs {
      #expect(Article.all.contains { $0.name == program }, "no article \(program).md")
    }
  }

  /// What an article shows, in order, is its program; quotations are elsewhere in the sources.
  @Test(arguments: examples)
  func articlesShowTheirPrograms(path: String) throws {
    let program = try String(
      contentsOf: Article.package.appendingPathComponent(path), encoding: .utf8)
    let name = path.split(separator: "/")[1]
    let article = try #require(Article.all.first { $0.name == name })
    let whole = Self.unindented(program)
    let shown = article.code.filter { whole.contains(Self.unindented($0)) }
    let (expected, lines) = (Article.lines(program), shown.flatMap { Article.lines($0) })
    let wrong = zip(expected, lines).first { $0 != $1 }
    #expect(
      lines == expected, "at \(wrong?.0 ?? "the end") the article shows \(wrong?.1 ?? "less")")
  }

  @Test func allCodeInPagesIsInTheSources() {
    #expect(Article.all.count >= 14)
    for article in Article.all {
      for block in article.code {
        #expect(
          Self.quotable.contains(Self.unindented(block)),
          "\(article.name).md shows code that is neither in Sources nor in Examples:\n\(block)")
      }
    }
  }

  // MARK: - They run

  private func run(_ name: String, _ arguments: String...) throws -> (Program, output: String) {
    let program = Program(name: name)
    let result = try program.start(arguments).wait()
    #expect(result.status == 0, "\(name): \(result.messages)")
    return (program, result.output)
  }

  @Test func theOpHasItsGradientAndLearnsAWave() throws {
    let (_, output) = try run("NewOp")
    let errors = output.split(whereSeparator: \.isNewline).suffix(2).compactMap {
      $0.split(separator: " ").compactMap { Double($0) }.last
    }
    try #require(errors.count == 2)
    #expect(errors[1] < errors[0] / 10, "relu and snake beyond: \(errors)")
  }

  @Test func theTableIsLearned() throws {
    let (_, output) = try run("TableClassifier")
    let accuracy = try #require(
      output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) })
    #expect(accuracy > 0.95, "\(output)")
  }

  @Test func aTableOfOnesOwnIsLearned() throws {
    let program = Program(name: "TableClassifier")
    let rows = (0..<100).map { "\($0 * 37 % 100),\($0 % 7),\($0 * 37 % 100 >= 50 ? 1 : 0)" }
    try program.write(rows.joined(separator: "\n"), to: "table.csv")
    let result = try program.start(["table.csv", "40"]).wait()
    #expect(result.status == 0, "\(result.messages)")
    #expect(result.output.hasPrefix("2305 parameters, 80 rows, 20 held out"))
    let accuracy = result.output.split(whereSeparator: \.isWhitespace).last.flatMap { Double($0) }
    #expect(try #require(accuracy) >= 0.9, "\(result.output)")
  }

  @Test(arguments: [("FirstGAN", "gan.png", 8, 28), ("OwnImages", "images.png", 4, 32)])
  func imageModelsDraw(name: String, file: String, columns: Int, side: Int) throws {
    let (program, _) = try run(name, "shapes", "2")
    let image = try Image(contentsOf: program.folder(file))
    #expect(image.width == columns * (side + 2) + 2 && image.height == image.width)
  }

  @Test(arguments: ["ring", "grid"]) func modesAreCounted(mixture: String) throws {
    let (_, output) = try run("ToyGAN", mixture, "2", "2")
    let lines = output.split(whereSeparator: \.isNewline)
    #expect(lines.map { $0.prefix(6) } == ["seed 1", "seed 2", "at lea"], "\(output)")
  }

  @Test func otherToysAreRefused() throws {
    let program = Program(name: "ToyGAN")
    let result = try program.start(["rings"]).wait()
    #expect(result.status == 64)
    #expect(result.messages == "rings: not one of ring, grid and stacked\n")
  }

  @Test func notesAreWrittenOn() throws {
    let (_, output) = try run("OwnNotes", Program.license, "2")
    #expect(output.contains("held out: "))
  }

  @Test func kernelsAreTimed() throws {
    let (_, output) = try run("KernelPeak", "64")
    #expect(output.contains("blocked: ") && output.contains("1024x1024x1024: "))
  }
}
