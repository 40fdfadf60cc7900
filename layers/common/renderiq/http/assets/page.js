const DEMO_USER = { email: "demo@example.com", password: "Renderiq-demo-1" };

/** A stack on this machine has a demo user: the example of signing in becomes that user. */
function useDemoUser(contract) {
  contract.paths["/auth/signin"].post.requestBody.content["application/json"].example = DEMO_USER;
}

/** Swagger UI fills the fields of a form with samples such as "string". Optional fields are left empty instead. */
function leaveFormFieldsEmpty(contract) {
  for (const operation of Object.values(contract.paths).flatMap(Object.values)) {
    const form = operation.requestBody?.content["multipart/form-data"];
    if (!form) continue;
    const schema = contract.components.schemas[form.schema.$ref.split("/").pop()];
    for (const [name, field] of Object.entries(schema.properties)) {
      if (field.format !== "binary" && !schema.required?.includes(name)) field.default = "";
    }
  }
}

/** Signing in on the page authorizes the requests that follow, and signing out ends that. */
function followSession(ui, response) {
  const path = new URL(response.url, location.href).pathname;
  if (response.ok && /\/auth\/(signin|refresh)$/.test(path)) {
    ui.preauthorizeApiKey("accessToken", JSON.parse(response.text).access_token);
  }
  if (response.ok && path.endsWith("/auth/signout")) {
    ui.authActions.logout(["accessToken"]);
  }
  return response;
}

async function show() {
  const contract = await (await fetch("openapi.json")).json();
  if (document.documentElement.dataset.demoUser === "true") useDemoUser(contract);
  leaveFormFieldsEmpty(contract);
  const ui = SwaggerUIBundle({
    spec: contract,
    dom_id: "#contract",
    deepLinking: true,
    docExpansion: "list",
    defaultModelsExpandDepth: 0,
    defaultModelRendering: "example",
    displayRequestDuration: true,
    filter: true,
    persistAuthorization: false,
    tryItOutEnabled: true,
    responseInterceptor: (response) => followSession(ui, response),
  });
}

show();
