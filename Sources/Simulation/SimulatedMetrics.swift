// What metric providers answer, measurement by measurement.

import HTTPModel
import JSONTree

/// Scripted providers: a revision's image decides what is true, the dice what goes wrong.
package struct MetricScript: Sendable {
    /// Images whose success rate is bad.
    package var badImages: Set<String>
    /// How often an answer is none, in a thousand: an error, nothing at all, not a number, neither
    /// good nor bad.
    var error = 0
    var empty = 0
    var notANumber = 0
    var doubtful = 0
    /// How often it comes late, or never.
    var late = 0
    var lost = 0

    package init(badImages: Set<String> = []) { self.badImages = badImages }

    /// A script drawn by the dice; half of them without trouble.
    static func random(_ dice: inout Dice, badImages: Set<String>) -> MetricScript {
        var script = MetricScript(badImages: badImages)
        guard dice.happens(perThousand: 500) else { return script }
        script.error = dice.number(0...150)
        script.empty = dice.number(0...60)
        script.notANumber = dice.number(0...60)
        script.doubtful = dice.number(0...60)
        script.late = dice.number(0...200)
        script.lost = dice.number(0...60)
        return script
    }

    /// An answer, and when it comes.
    struct Answer: Sendable {
        /// Nil when the connection broke.
        var response: HTTPResponse?
        var after: Duration
    }

    /// Answers a request about a revision of that image.
    ///
    /// - Parameter isCalm: Nothing goes wrong any more.
    func answer(_ request: HTTPRequest, image: String?, _ dice: inout Dice, isCalm: Bool) -> Answer {
        var after = dice.duration(5...80)
        if isCalm { return Answer(response: response(request, rate(of: image)), after: after) }
        if dice.happens(perThousand: lost) { return Answer(response: nil, after: .seconds(10)) }
        if dice.happens(perThousand: late) { after = dice.duration(500...9000) }
        if dice.happens(perThousand: error) { return Answer(response: HTTPResponse(status: 503), after: after) }
        if dice.happens(perThousand: empty) { return Answer(response: HTTPResponse(status: 200), after: after) }
        var rate = rate(of: image)
        if dice.happens(perThousand: notANumber) { rate = "NaN" }
        if dice.happens(perThousand: doubtful) { rate = "0.92" }
        return Answer(response: response(request, rate), after: after)
    }

    private func rate(of image: String?) -> String { image.map(badImages.contains) ?? false ? "0.4" : "0.99" }

    /// In the form of Prometheus, or of the plain server that the other metric asks.
    private func response(_ request: HTTPRequest, _ rate: String) -> HTTPResponse {
        let body: JSON =
            request.target.contains("/api/v1/query")
            ? [
                "status": "success",
                "data": ["resultType": "vector", "result": [["metric": [:], "value": [0, .string(rate)]]]],
            ] : ["rate": rate == "NaN" ? .string(rate) : Double(rate).map { .double($0) } ?? .null]
        return HTTPResponse(status: 200, headers: ["Content-Type": "application/json"], body: body.bytes())
    }
}
