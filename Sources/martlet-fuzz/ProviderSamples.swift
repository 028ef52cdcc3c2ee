// Configurations of providers and answers of their servers, to be changed a little.

import HTTPModel
import JSONTree
import MetricProviders

/// What providers are set up with and answered by.
enum ProviderSamples {
    private static let providers: [String] = [
        #"{"prometheus":{"query":"up"}}"#,
        #"{"prometheus":{"query":"up","rangeQuery":{"start":"now() - duration('5m')","end":"now()","step":"1m"}}}"#,
        #"{"prometheus":{"query":"up","authentication":{"oauth2":{"tokenUrl":"http://t/x","clientId":"a","clientSecret":"b"}}}}"#,
        #"{"web":{"url":"http://h/x","jsonPath":"{$.data.rows[0].value}"}}"#,
        #"{"web":{"url":"http://h/x"}}"#,
        #"{"web":{"url":"http://h/x","method":"POST","jsonBody":{"a":1},"jsonPath":"{$..a}"}}"#,
        #"{"datadog":{"query":"avg:x{*}","interval":"5m"}}"#,
        #"{"datadog":{"apiVersion":"v2","queries":{"a":"avg:x{*}","b":"avg:y{*}"},"formula":"a/b"}}"#,
        #"{"newRelic":{"query":"SELECT 1"}}"#,
        #"{"wavefront":{"query":"ts(x)","address":"w.example.org"}}"#,
        #"{"graphite":{"address":"http://g","query":"target=x&from=-5min"}}"#,
        #"{"influxdb":{"query":"from(bucket:\"x\")"}}"#,
        #"{"skywalking":{"address":"http://s","query":"query($duration: Duration!) { x }","interval":"5m"}}"#,
        #"{"cloudWatch":{"interval":"5m","metricDataQueries":[{"id":"a","expression":"b"}]}}"#,
        #"{"judge":{"ratio":{"canary":{"bad":"a[$window]","total":"b[$window]"},"stable":{"bad":"c[$window]","total":"d[$window]"}}}}"#,
        #"{"judge":{"confidence":"99.9%","patience":"1m","latency":{"canary":"a[$window]","stable":"b[$window]"}}}"#,
        #"{"kayenta":{"address":"http://k","application":"a","canaryConfigName":"c","metricsAccountName":"m","storageAccountName":"s","threshold":{"pass":90,"marginal":75},"scopes":[{"name":"default"}]}}"#,
        #"{"plugin":{"acme/quality":{"limit":3}}}"#,
    ]
    private static let bodies: [String] = [
        #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[1790000000.5,"0.95"]},{"value":[1,"NaN"]}]}}"#,
        #"{"status":"success","data":{"resultType":"matrix","result":[{"metric":{},"values":[[1,"1"],[2,"+Inf"]]}]},"warnings":["w"]}"#,
        #"{"status":"success","data":{"resultType":"scalar","result":[1,"0.5"]}}"#,
        #"{"status":"error","errorType":"bad_data","error":"parse"}"#,
        #"{"access_token":"t","token_type":"Bearer","expires_in":60}"#,
        #"{"data":{"rows":[{"value":1.5}],"a":[1,2]}}"#,
        #"{"status":"ok","series":[{"pointlist":[[1,0.5],[2,null]],"scope":"*"}]}"#,
        #"{"data":{"attributes":{"columns":[{"type":"group","values":[["a"]]},{"type":"number","values":[0.5,null]}]}}}"#,
        #"{"data":{"actor":{"account":{"nrql":{"results":[{"a":1},{"b":2}]}}}}}"#,
        #"{"timeseries":[{"data":[[1790000000,1.5],[1790000010,2]]}],"warnings":"x"}"#,
        #"[{"target":"x","datapoints":[[1.5,1],[null,2],[3,3]]}]"#,
        "#datatype,string,long,dateTime:RFC3339,double\r\n#group,false,false,false,false\r\n#default,_result,,,\r\n,result,table,_time,_value\r\n,,0,2026-01-01T00:00:00Z,1.5\r\n",
        #"{"status":"success","data":{"resultType":"vector","result":[{"metric":{"le":"0.1"},"value":[1,"900"]},{"metric":{"le":"+Inf"},"value":[1,"1e3"]}]}}"#,
        #"{"status":"success","data":{"resultType":"vector","result":[{"value":[1,"50000"]}]}}"#,
        #"[{"id":"1","name":"c"}]"#,
        #"{"canaryExecutionId":"e","complete":true,"status":"succeeded","result":{"judgeResult":{"score":{"score":80.5}}}}"#,
        #"{"status":{"phase":"Running","askAgainAfter":"30s","metadata":{"a":"b"},"value":"1"}}"#,
        #"{"status":{"result":[1,2],"noData":true}}"#,
        #"{"MetricDataResults":[{"Id":"a","Values":[1.0,2.0],"Timestamps":[1,2],"StatusCode":"Complete"}]}"#,
        "", "null", "[]", "true", "v2",
    ]
    static let conditions = [
        "", "result[0] >= 0.95", "result > 1", "len(result) == 0", "default(result, 0) < 1",
        "result.a == 1", "all(result, # < 2)",
        "isNaN(result)", "result == 'v2'", "result[0].Values[0] > 1",
        "asFloat(result) < 1 || isInf(asFloat(result))", "result.x.y.z",
    ]
    static let credentials = ProviderCredentials(
        secret: [
            "api-key": "kkkk", "app-key": "aaaa", "address": "http://h", "personal-api-key": "p",
            "account-id": "12", "region": "us",
            "w.example.org": "tttt", "authToken": "tttt", "org": "o", "url": "http://plugin/x",
        ],
        environment: [
            "AWS_ACCESS_KEY_ID": "a", "AWS_SECRET_ACCESS_KEY": "s", "AWS_REGION": "eu-west-1",
        ])

    /// A configuration, once in a while changed.
    static func provider(_ source: inout FuzzSource) -> JSON {
        let text = Array(source.pick(providers).utf8)
        let tree =
            (try? JSON.parse(source.once(in: 4) ? source.changed(text) : text))
            ?? (try? JSON.parse(text)) ?? .null
        guard source.once(in: 6), let field = tree.object?.keys.first,
            let key = tree[field].object?.keys.randomElement(using: &source)
        else { return tree }
        var changed = tree
        changed.set([field, key], to: source.tree())
        return changed
    }

    /// An answer: one that some server gives, changed or not, or anything.
    static func answer(_ source: inout FuzzSource) -> HTTPResponse {
        var body = Array(source.pick(bodies).utf8)
        switch source.below(8) {
        case 0: body = source.tree().bytes()
        case 1: body = (0..<source.below(60)).map { _ in UInt8(truncatingIfNeeded: source.next()) }
        case 2:
            body = Array(
                String(
                    repeating: source.pick(["[", "{\"a\":", "[[1,", "\"", "1", ",\r\n"]),
                    count: source.below(20_000)
                ).utf8)
        case 3, 4: break
        default: body = source.changed(body)
        }
        return HTTPResponse(
            status: source.once(in: 8) ? source.pick([0, 204, 301, 401, 404, 429, 500, 503]) : 200,
            body: body)
    }
}
