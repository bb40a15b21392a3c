import Foundation
import Testing

/// `gen report`, and the records that it is made of.
struct ReportTests {
  let gen = Program()

  private func page(_ path: String) throws -> String {
    String(decoding: try gen.bytes(path), as: UTF8.self)
  }

  @Test func aPageOfARun() throws {
    let small = Program.smallGAN + ["--log-every", "1", "--set", "sample.every=2"]
    #expect(try gen.start(small + ["--steps", "6", "--name", "a<b>&c"]).wait().status == 0)
    let told = try gen("report")
    #expect(told.status == 0 && told.output == "a<b>&c-report.html\n", "\(told.messages)")
    #expect(told.messages == "reporting on a<b>&c\n")
    let text = try page("a<b>&c-report.html")
    #expect(text.hasPrefix("<!DOCTYPE html>") && text.hasSuffix("</html>\n"))
    #expect(text.contains("<h1>a&lt;b&gt;&amp;c</h1>") && !text.contains("a<b>"))
    for step in [0, 2, 4, 6] { #expect(text.contains("id=\"step-\(step)\"")) }
    // Four samples, and what they should look like.
    #expect(text.components(separatedBy: "data:image/png;base64,").count == 6)
    #expect(text.contains("Training images") && text.contains("It learns from shapes: "))
    #expect(text.contains("gen eval &#39;a&lt;b&gt;&amp;c&#39;"))
    #expect(text.contains("gen train --resume &#39;a&lt;b&gt;&amp;c&#39; --budget 10m"))
    for title in ["Loss", "Score of the discriminator", "Gradient norm", "Learning rate"] {
      #expect(text.contains("<h3>\(title)"), "\(title)")
    }
    #expect(text.contains("<mark>channels: 4</mark>"))
    // Nothing is loaded from elsewhere.
    #expect(!text.contains("http") && !text.contains("url("))
    let printed = try gen("report", "a<b>&c", "-o", "-")
    #expect(printed.output == text && printed.messages.isEmpty)
  }

  @Test func aPageOfTexts() throws {
    try gen.write(String(repeating: "</pre><script>alert(1)</script>\n", count: 40), to: "book.txt")
    let training = Program.smallText("transformer") + ["--name", "t", "--set", "sample.every=1"]
    #expect(try gen.start(training).wait().status == 0)
    try gen.write(
      "</pre><script>alert(1)</script>\u{0}\u{1b}[31m", to: "runs/t/samples/step-000002.txt")
    #expect(try gen("report", "t", "-o", "t.html").status == 0)
    let text = try page("t.html")
    #expect(text.contains("&lt;/pre&gt;&lt;script&gt;alert(1)") && !text.contains("<script>alert"))
    #expect(!text.contains("\u{0}") && !text.contains("\u{1b}"))
  }

  /// What the text has is said, and how well counting predicts it; how the training goes on, only at home.
  @Test func aPageOfATextWithWhatIsToBeat() throws {
    let book = gen.folder("book.txt")
    try gen.write(String(repeating: "a line, and another line\n", count: 100), to: "book.txt")
    let training = ["train", "rnn", "--data", book, "--steps", "4", "--name", "r"]
    let sizes = ["model.layers=1", "model.hidden=8", "evaluate.every=2", "model.context=16"]
    #expect(try gen.start(training + sizes.flatMap { ["--set", $0] }).wait().status == 0)
    let text = try gen("report", "r", "-o", "-").output
    #expect(text.contains("It learns from book.txt: 2,250 characters; 250 are held out."))
    #expect(text.contains("<dt>To beat</dt>") && text.contains("<li class=\"dashed\">n-gram <b>"))
    #expect(text.contains("From the training text"))
    #expect(try gen("inspect", "r").output.contains("n-gram"))
    #expect(try gen("export", "--to", "pretrained", "r", "-o", "models/r").status == 0)
    #expect(
      try gen.bytes("models/r/training.txt") == gen.bytes("runs/r/training.txt"))
    let shared = try page("models/r/report.html")
    #expect(shared.contains("It learns from book.txt") && !shared.contains("--resume"))
  }

  @Test func aPageOfWhatIsLeft() throws {
    try gen.write("kind: gan\n", to: "runs/bare/recipe.yaml")
    let bare = try gen("report", "bare")
    #expect(bare.status == 0 && bare.messages.contains("environment.json"), "\(bare.messages)")
    #expect(try page("bare-report.html").contains("Nothing was measured yet"))
    try gen.write("kind: [", to: "runs/odd/recipe.yaml")
    try gen.write(
      "{\"step\":1,\"loss\":\"nan\"}\n{\"step\":2,\"loss\":3}\n", to: "runs/odd/metrics.jsonl")
    try gen.write("no image", to: "runs/odd/samples/step-000001.png")
    #expect(try gen("report", "odd").status == 0)
    let odd = try page("odd-report.html")
    #expect(odd.contains("1 not finite") && odd.contains("step-000001.png"))
    #expect(odd.contains("unknown kind"))

    #expect(try gen("report", "none").status == 66)
    #expect(try gen("report", "bare", "-o", "no/such/place.html").status == 73)
  }

  @Test func aResumeIsToldWhatChanged() throws {
    #if arch(x86_64)
      let small = Program.smallGAN + ["--steps", "1", "--name", "g"]
      let wide = try gen.start(small, environment: ["GEN_ISA": "avx2"])
      #expect(try wide.wait().status == 0)
      var text = try page("runs/g/environment.json")
      text = text.replacing("avx2", with: "abacus")
      try gen.write(text, to: "runs/g/environment.json")
      let resumed = try gen("train", "--resume", "g", "--steps", "2")
      #expect(resumed.status == 0)
      #expect(resumed.messages.contains("warning: not as when the run began: instruction set was"))
    #endif
  }

  @Test func aRunWhoseRecordsCannotBeWrittenGoesOn() throws {
    let small = Program.smallGAN + ["--log-every", "1", "--set", "sample.every=2"]
    #expect(try gen.start(small + ["--steps", "2", "--name", "g"]).wait().status == 0)
    // A file where a folder must be, and a folder where a file must be: nobody can write there.
    for name in ["tensorboard", "metrics.csv"] {
      try FileManager.default.removeItem(atPath: gen.folder("runs/g/\(name)"))
    }
    try gen.write("in the way", to: "runs/g/tensorboard")
    try gen.write("in the way", to: "runs/g/metrics.csv/file")
    let resumed = try gen("train", "--resume", "g", "--steps", "4")
    #expect(resumed.status == 0, "\(resumed.messages)")
    for name in ["tensorboard", "metrics.csv"] {
      let said = resumed.messages.split(separator: "\n").filter {
        $0.hasPrefix("the training continues, but") && $0.contains(name)
      }
      #expect(said.count == 1, "\(resumed.messages)")
    }
    #expect(try page("runs/g/metrics.jsonl").split(separator: "\n").count == 4)
  }

  /// Two runs side by side, in the terminal, as JSON and as a page; and the page that a pretrained model brings along.
  @Test func runsAreCompared() throws {
    for (name, channels) in [("a", 4), ("b", 8)] {
      let training =
        Program.smallGAN + [
          "--set", "model.channels=\(channels)", "--steps", "2", "--name", name,
        ]
      #expect(try gen.start(training).wait().status == 0)
    }
    let told = try gen("compare", "a", "b").output
    #expect(told.contains("model.channels  4  8\n") && told.contains("loss_generator"))
    #expect(!told.contains("model.latent_size"))
    #expect(try gen("compare", "a", "runs/a").output.hasPrefix("the recipes are the same\n"))
    let json = try JSONSerialization.jsonObject(
      with: Data(gen("compare", "a", "b", "--json").output.utf8))
    let differences = try #require((json as? [String: Any])?["recipe"] as? [[String: Any]])
    #expect(differences.map { $0["key"] as? String } == ["model.channels"])
    #expect(differences[0]["values"] as? [String] == ["4", "8"])
    #expect(try gen("report", "a", "b", "-o", "both.html").status == 0)
    #expect(try gen("compare", "a", "b", "-o", "same.html").status == 0)
    let page = String(decoding: try gen.bytes("both.html"), as: UTF8.self)
    #expect(try gen.bytes("same.html") == gen.bytes("both.html"))
    #expect(page.contains("<h2>What differs in the recipes</h2>"))
    #expect(page.components(separatedBy: "data:image/png;base64,").count == 3)
    // The page is handed to whatever $BROWSER names.
    try gen.write("#!/bin/sh\nprintf %s \"$1\" > opened\n", to: "browser")
    try FileManager.default.setAttributes(
      [.posixPermissions: 0o700], ofItemAtPath: gen.folder("browser"))
    let browser = ["BROWSER": gen.folder("browser")]
    for (words, page) in [
      (["report", "a", "-o", "a.html"], "a.html"), (["report", "a"], "a-report.html"),
      (["compare", "a", "b", "-o", "both.html"], "both.html"),
      (["explain", "a", "--nearest", "--count", "4"], "a-nearest.html"),
      (["gallery", "--count", "2"], "gallery/index.html"),
    ] {
      let shown = try gen.start(words + ["--open"], environment: browser).wait()
      #expect(shown.status == 0, "\(shown.messages)")
      #expect(String(decoding: try gen.bytes("opened"), as: UTF8.self) == page)
    }
    let nobody = try gen.start(
      ["report", "a", "-o", "a.html", "--open"], environment: ["BROWSER": "/no/such"]
    ).wait()
    #expect(nobody.status == 66 && nobody.messages.contains("let $BROWSER name a browser"))
    #expect(try gen("report", "a", "-o", "-", "--open").status == 64)
    // A model without metrics has the page of its run.
    #expect(try gen("export", "--to", "pretrained", "a", "-o", "model").status == 0)
    #expect(try gen("report", "model", "-o", "model.html").status == 0)
    #expect(try gen.bytes("model.html") == gen.bytes("model/report.html"))
  }
}
