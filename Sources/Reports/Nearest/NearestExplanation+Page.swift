import Evaluation
import Files
import Foundation
import Images

extension NearestExplanation {
  private typealias Page = HTMLPage

  /// More rows than these are no easier to judge.
  private static let mostDrawn = 24
  private static let mostHeldOut = 8

  /// A page of HTML that needs nothing else: the finding, the distances, and the images themselves.
  /// - Throws: `DatasetError` if a training image cannot be read any more; `ImageError`.
  public func page() throws -> String {
    let test = report.test
    let level = "\(Int((test.level * 100).rounded())) %"
    let chance = brief(test.expected * Double(test.samples), digits: 2)
    let figures = [
      (
        "Very near a training image", "\(test.near)",
        "of \(brief(Double(test.samples))) generated images"
      ),
      ("Expected by chance", chance, "if nothing was copied"),
      (
        "A sign of copying", test.fewestNear.map { "\($0)" } ?? "none",
        test.fewestNear == nil ? "too few images" : "or more"
      ),
      ("Identical", "\(test.equal)", "to a training image"),
    ]
    let mirrored = report.isMirrored ? ", which the model has seen mirrored, too" : ""
    let body = """
      <main>
      <header>
      <p class="kind">Is it copying?</p>
      <h1>\(Page.escaped(run))</h1>
      <p>After \(brief(Double(step))) training \(step == 1 ? "step" : "steps"), seed \(seed).</p>
      <p class="finding\(test.findsCopying ? " copies" : "")">\(Page.escaped(report.finding))</p>
      \(Page.figures(figures))
      </header>
      <section>
      <h2>Distances</h2>
      <p>A model that copies makes images that are nearer to its training images than other images of the
      same kind are: its dots pile up at the left.</p>
      \(DistancePlot(report).figure)
      <p class="note">Left of the line, at \(brief(test.threshold)), an image is very near: nearer to a
      training image than \(level) of \(brief(Double(report.heldOut.count))) held-out images are, which
      the model has never seen, or equal to one. A model that copies nothing has about as many there as
      chance brings; so many that chance would bring them less than once in a thousand times
      (p below 0.001; here \(Self.chance(test))) are taken for copying. Plain images have near neighbors
      without being copies of them: look at the images.</p>
      <p class="note">Compared with all \(brief(Double(report.training.count))) training images of
      \(Page.escaped(report.dataSource))\(mirrored), in \(Page.escaped(report.space)).</p>
      </section>
      \(try section("Generated images", report.drawn, Self.mostDrawn, """
      At the left a generated image, beside it the nearest training images with their distances.
      """))
      \(try section("Held-out images", report.heldOut, Self.mostHeldOut, """
      The same for images that the model has never seen. What is as near here is no copy.
      """))
      </main>
      """
    return Page(
      title: "\(run): the nearest training images",
      style: PackageResources.document_css + PackageResources.report_css
        + PackageResources.nearest_css, script: nil, body: body
    ).text
  }

  private static func chance(_ test: CopyingTest) -> String {
    test.chance < 1e-6 ? "below 0.000001" : brief(test.chance, digits: 2)
  }

  /// The images with the nearest neighbors of all.
  private func section(
    _ title: String, _ rows: [NearestReport.Row], _ most: Int, _ words: String
  ) throws -> String {
    let nearest = rows.sorted { ($0.distance, $0.number) < ($1.distance, $1.number) }.prefix(most)
    let items = try nearest.map { row in
      let neighbors = try row.neighbors.map { neighbor in
        let stored = try report.training.image(neighbor.index)
        let image = neighbor.mirrored ? stored.flippedHorizontally() : stored
        let how = neighbor.mirrored ? ", mirrored" : ""
        return try figure(
          image, "Training image \(neighbor.index)\(how)",
          neighbor.distance == 0 ? "the same" : brief(neighbor.distance, digits: 3))
      }
      let isNear = row.distance < report.test.threshold || row.distance == 0
      return "<li\(isNear ? " class=\"near\"" : "")>"
        + (try figure(row.image, "\(title.dropLast()) \(row.number)", "no. \(row.number)"))
        + neighbors.joined() + "</li>"
    }
    let which =
      rows.count > most ? " These are the \(most) nearest of \(brief(Double(rows.count)))." : ""
    return """
      <section>
      <h2>\(title)</h2>
      <p>\(words)\(which)</p>
      <ol class="rows">
      \(items.joined(separator: "\n"))
      </ol>
      </section>
      """
  }

  private func figure(_ image: Image, _ description: String, _ caption: String) throws -> String {
    let data = Data(try image.pngData()).base64EncodedString()
    return "<figure><img width=\"\(image.width)\" height=\"\(image.height)\" "
      + "alt=\"\(description)\" title=\"\(description)\" src=\"data:image/png;base64,\(data)\">"
      + "<figcaption>\(caption)</figcaption></figure>"
  }
}
