using System;
using System.Collections.Generic;
using System.Globalization;
using System.IO;
using System.Linq;
using System.Text;
using System.Threading;
using System.Threading.Tasks;
using Renderiq;

/// <summary>An API without a network: what it answers, and what was sent.</summary>
internal sealed class FakeApi : ITransport
{
    private readonly object _lock = new object();
    private readonly List<string> _requests = new List<string>();
    private readonly List<string> _bodies = new List<string>();
    private int _renders;

    /// <summary>Whether nothing answers.</summary>
    public bool IsAway { get; set; }

    /// <summary>The code that orders are refused with, or null.</summary>
    public string Refusal { get; set; }

    /// <summary>The status that goes with it.</summary>
    public int RefusalStatus { get; set; } = 403;

    /// <summary>Whether renders stay under way.</summary>
    public bool IsSlow { get; set; }

    /// <summary>The oldest version that the server works with.</summary>
    public string OldestVersion { get; set; } = "0.1.0";

    /// <summary>The newest version of the plugin.</summary>
    public string NewestVersion { get; set; } = "0.1.0";

    /// <summary>The credits.</summary>
    public long Balance { get; set; } = 100;

    /// <summary>The picture that is the result.</summary>
    public byte[] Picture { get; set; } = new byte[0];

    /// <summary>Whether the code of a sign-in was approved.</summary>
    public bool IsApproved { get; set; } = true;

    /// <summary>Whether the consent was given.</summary>
    public bool HasConsent { get; set; }

    /// <summary>The requests, as method and path.</summary>
    public IReadOnlyList<string> Requests
    {
        get
        {
            lock (_lock)
            {
                return _requests.ToList();
            }
        }
    }

    /// <summary>The bodies of orders.</summary>
    public IReadOnlyList<string> Orders
    {
        get
        {
            lock (_lock)
            {
                return _bodies.ToList();
            }
        }
    }

    public async Task<TransportResponse> SendAsync(
        TransportRequest request, TimeSpan timeout, Stream file, CancellationToken cancellationToken)
    {
        await Task.Yield();
        var name = request.Method + " " + request.Url.AbsolutePath.Replace("/api/plugins", "");
        lock (_lock)
        {
            _requests.Add(name);
            if (name == "POST /renders")
            {
                _bodies.Add(Encoding.ASCII.GetString(request.Body));
            }
        }
        if (IsAway)
        {
            throw new NetworkException("NETWORK_ERROR", "The server cannot be reached.", wasSent: false);
        }
        if (name == "GET /result" || name.StartsWith("GET /covers/", StringComparison.Ordinal))
        {
            file.Write(Picture, 0, Picture.Length);
            return Answer(200, new JsonObject());
        }
        return Answer(name);
    }

    private static TransportResponse Answer(int status, JsonObject body)
    {
        return new TransportResponse(status, new Dictionary<string, string>(), Encoding.UTF8.GetBytes(body.ToString()));
    }

    private static TransportResponse Data(JsonObject data)
    {
        return Answer(200, new JsonObject { { "success", true }, { "data", data } });
    }

    private TransportResponse Answer(string name)
    {
        switch (name)
        {
            case "GET /capabilities":
                return Data(Capabilities());
            case "GET /styles":
                return Data(Json.ParseObject(Encoding.UTF8.GetBytes(
                    "{\"styles\":[{\"styleId\":\"dramatic@1\",\"name\":\"dramatic\",\"title\":\"Dramatic\",\"category\":\"light\"," +
                    "\"description\":\"Low sun\",\"tags\":[\"sun\"],\"coverUrl\":\"/covers/dramatic\"}]," +
                    "\"categories\":[{\"name\":\"light\",\"title\":\"Light\"}]}")));
            case "GET /styles/mine":
                return Data(new JsonObject { { "styles", new List<object>() } });
            case "GET /credits":
                return Data(new JsonObject { { "balance", Balance }, { "totalEarned", 100 } });
            case "POST /auth/device/code":
                return Answer(200, new JsonObject
                {
                    { "user_code", "ABCD-EFGH" }, { "verification_uri", "http://api.test/device" }, { "device_code", "dc" },
                    { "verification_uri_complete", "http://api.test/device?user_code=ABCD-EFGH" },
                    { "interval", 0.05 }, { "expires_in", 600 },
                });
            case "POST /auth/device/token":
                return IsApproved ? Tokens() : Error(400, "AUTHORIZATION_PENDING", true);
            case "POST /auth/signout":
                return Data(new JsonObject());
            case "GET /consents":
                return Data(Json.ParseObject(Encoding.UTF8.GetBytes(
                    "{\"consents\":[{\"name\":\"third_party_ai\",\"version\":1,\"title\":\"AI of others\",\"text\":\"The words.\"," +
                    "\"recipients\":[\"Someone\"],\"granted\":" + (HasConsent ? "true" : "false") + "}]}")));
            case "POST /consents/third_party_ai":
                HasConsent = true;
                Refusal = null;
                return Data(new JsonObject());
            case "POST /uploads":
                return Error(503, "SERVICE_UNAVAILABLE", true);
            case "POST /renders":
                return Refusal != null ? Error(RefusalStatus, Refusal, false) : Accepted();
            default:
                return name.StartsWith("GET /renders/", StringComparison.Ordinal) ? Render(IsSlow ? "processing" : "completed")
                    : name.StartsWith("DELETE /renders/", StringComparison.Ordinal) ? Render("cancelled")
                    : Error(404, "NOT_FOUND", false);
        }
    }

    private TransportResponse Accepted()
    {
        var id = "r" + Interlocked.Increment(ref _renders).ToString(CultureInfo.InvariantCulture);
        return Data(new JsonObject { { "renderId", id }, { "id", id }, { "estimatedTime", 0 } });
    }

    private TransportResponse Render(string status)
    {
        return Data(new JsonObject
        {
            { "renderId", "r1" }, { "status", status }, { "outputUrl", "http://api.test/result" }, { "outputFormat", "png" },
        });
    }

    private static TransportResponse Error(int status, string code, bool retryable)
    {
        return Answer(status, new JsonObject
        {
            { "success", false }, { "errorCode", code }, { "error", "The server says " + code }, { "retryable", retryable },
        });
    }

    private static TransportResponse Tokens()
    {
        return Answer(200, new JsonObject
        {
            { "access_token", "eyJhbGciOi.secret" }, { "refresh_token", "refresh-secret" }, { "expires_in", 3600 },
            { "token_type", "Bearer" }, { "accessToken", "eyJhbGciOi.secret" }, { "refreshToken", "refresh-secret" },
            { "expiresIn", 3600 }, { "user", new JsonObject { { "email", "ada@example.com" } } }, { "email", "ada@example.com" },
        });
    }

    private JsonObject Capabilities()
    {
        var capabilities = Json.ParseObject(Encoding.UTF8.GetBytes(
            "{\"qualities\":[{\"name\":\"standard\",\"creditsCost\":1,\"isDefault\":false}," +
            "{\"name\":\"high\",\"creditsCost\":5,\"isDefault\":true}],\"aspectRatios\":[\"16:9\",\"4:3\",\"1:1\",\"source\"]," +
            "\"models\":[{\"name\":\"preview\",\"isDefault\":true,\"inputs\":[\"prompt\",\"materialIdImage\"]}," +
            "{\"name\":\"cycles\",\"isDefault\":false,\"inputs\":[\"prompt\",\"modelUploadId\"],\"creditsCost\":{\"standard\":4}}]," +
            "\"styleCategories\":[{\"name\":\"light\",\"title\":\"Light\"}],\"limits\":{\"maxPromptLength\":2000,\"maxMaterials\":256}}"));
        capabilities["plugins"] = new List<object>
        {
            new JsonObject
            {
                { "platform", "revit" }, { "newestVersion", NewestVersion }, { "oldestVersion", OldestVersion },
                { "downloadUrl", "http://api.test/download" },
            },
        };
        return capabilities;
    }
}
