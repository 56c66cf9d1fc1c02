declare module 'unbzip2-stream' {
  /** A `through` stream: what is written is decoded at once and comes out as `data` events. */
  export default function unbzip2(): NodeJS.ReadWriteStream;
}
