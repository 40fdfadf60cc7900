// Uppy's S3 plugin with its five callbacks for the upload endpoints. The test reads what the page reports.
import Uppy from '@uppy/core'
import AwsS3 from '@uppy/aws-s3'

const PART_SIZE = 8 * 1024 * 1024 // partSize of every upload up to 8 GB
const { api, token, key, pause } = Object.fromEntries(new URLSearchParams(location.search))

async function call(method, path, body, headers = {}) {
  const response = await fetch(api + path, {
    method,
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json', ...headers },
    body: body && JSON.stringify(body),
  })
  const { data, error } = await response.json()
  if (!response.ok) throw new Error(error)
  return data
}

// Parts are signed a hundred at a time, so that a large file takes few requests. A URL is used once: a part that S3
// has refused is signed anew.
const urls = new Map()
const keep = (parts = []) => parts.forEach((part) => urls.set(part.partNumber, part.url))

const callbacks = {
  async createMultipartUpload(file) {
    const announced = { fileName: file.name, contentType: file.type, size: file.size, purpose: 'model' }
    // The same file with the same key is the same upload, also after a crash.
    const { uploadId, parts } = await call('POST', '/uploads', announced, { 'idempotency-key': key })
    keep(parts)
    return { uploadId, key: file.name }
  },
  async listParts(file, { uploadId }) {
    const { parts = [] } = await call('GET', `/uploads/${uploadId}`)
    return parts
      .filter((part) => part.received)
      .map((part) => ({ PartNumber: part.partNumber, Size: part.size, ETag: part.etag }))
  },
  async signPart(file, { uploadId, partNumber }) {
    if (!urls.has(partNumber)) {
      const last = Math.min(partNumber + 99, Math.ceil(file.size / PART_SIZE))
      const partNumbers = Array.from({ length: last - partNumber + 1 }, (_, index) => partNumber + index)
      keep((await call('POST', `/uploads/${uploadId}/parts`, { partNumbers })).parts)
    }
    const url = urls.get(partNumber)
    urls.delete(partNumber)
    return { url }
  },
  async completeMultipartUpload(file, { uploadId }) {
    const { url } = await call('POST', `/uploads/${uploadId}/complete`, {})
    return { location: url }
  },
  async abortMultipartUpload(file, { uploadId }) {
    await call('DELETE', `/uploads/${uploadId}`)
  },
}

const report = (what) => fetch('/report', { method: 'POST', body: JSON.stringify(what) })
const wait = (milliseconds) => new Promise((resolve) => setTimeout(resolve, milliseconds))

const uppy = new Uppy()
uppy.use(AwsS3, { shouldUseMultipart: true, getChunkSize: () => PART_SIZE, limit: 2, ...callbacks })

async function main() {
  const data = await (await fetch('/file')).blob()
  const id = uppy.addFile({ name: 'model.glb', type: 'model/gltf-binary', data })
  const before = await callbacks.createMultipartUpload(uppy.getFile(id))
  // What Uppy's Golden Retriever remembers of a file.
  uppy.setFileState(id, { s3Multipart: before })
  const found = (await callbacks.listParts(null, before)).map((part) => part.PartNumber)
  await report({ found })
  let parts = 0
  uppy.on('s3-multipart:part-uploaded', async (file, part) => {
    parts += 1
    report({ part: part.PartNumber })
    if (pause && parts === 1) {
      uppy.pauseAll()
      await wait(300)
      const atFirst = (await callbacks.listParts(null, before)).length
      await wait(1500)
      await report({ paused: [atFirst, (await callbacks.listParts(null, before)).length] })
      uppy.resumeAll()
    }
  })
  const result = await uppy.upload()
  await report({ done: result.successful.map((file) => file.uploadURL), failed: result.failed.map((file) => file.error) })
}

main().catch((error) => report({ error: String(error) }))
